import { createHash } from "node:crypto";
import { mkdtemp, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { createDownloader } from "../../src/run/download.js";
import { proxyFor } from "../../src/run/download-proxy.js";
import { makeCertificate } from "../support/certificate.js";
import { file, startFileServer } from "../support/file-server.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/download-proxy");

const proxy = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env)?.host;

test("which proxy", () => {
  const env = { https_proxy: "http://proxy.internal:3128", HTTPS_PROXY: "http://upper.internal" };
  assert.is(proxy("https://example.org/", {}), undefined);
  assert.is(proxy("https://example.org/", { http_proxy: "http://proxy.internal:3128" }), undefined);
  assert.is(proxy("https://example.org/", env), "proxy.internal:3128");
  assert.is(proxy("https://example.org/", { HTTPS_PROXY: "upper.internal:1" }), "upper.internal:1");
  assert.throws(
    () => proxy("https://example.org/", { https_proxy: "socks5://user:s3cret@x" }),
    (error: Error) => {
      return /is no http or https URL/.test(error.message) && !error.message.includes("s3cret");
    },
  );
});

test("which hosts are asked without it", () => {
  const direct = (url: string, no_proxy: string) =>
    proxy(url, { https_proxy: "http://p.internal", no_proxy }) === undefined;
  for (const list of ["example.org", ".example.org", "*.example.org", "x, Example.ORG", "*", "example.org:443"]) {
    assert.ok(direct("https://example.org/", list), list);
  }
  assert.ok(direct("https://a.b.example.org/", ".example.org"));
  assert.ok(direct("https://10.0.0.1:8443/", "10.0.0.1:8443"));
  assert.ok(direct("https://[fd00::1]/", "fd00::1"));
  assert.ok(direct("https://[fd00::1]:8443/", "[fd00::1]:8443"));
  for (const list of ["", ",", "ample.org", "example.org.evil.example", "example.org:8443", ".", "org:443:1"]) {
    assert.not(direct("https://example.org/", list), list);
  }
});

/** A proxy that writes down what it is asked for, and connects to one port whatever that is. */
async function startProxy(port: number): Promise<{ stop: () => Promise<void>; url: string; asked: string[] }> {
  const asked: string[] = [];
  const sockets: Duplex[] = [];
  const server = createServer((_, answer) => answer.writeHead(400).end());
  server.on("connect", (request, socket) => {
    asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    if (request.url?.startsWith("forbidden.example")) return void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    sockets.push(socket);
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { stop, url: `http://user:pass@127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test("a file comes through a proxy, which resolves the name, and TLS reaches to the server", async () => {
  const directory = await mkdtemp(join(tmpdir(), "slipway-proxy-"));
  const tls = await makeCertificate(directory, ["files.example"]);
  const server = await startFileServer(tls);
  const through = await startProxy(server.port);
  try {
    const content = "through the proxy";
    server.routes.set("/x", file(content));
    const sha256 = createHash("sha256").update(content).digest("hex");
    const download = createDownloader({
      settings: { privateHosts: [], mirrors: new Map() },
      cache: join(directory, "cache"),
      env: { https_proxy: through.url },
      ca: [await readFile(tls.certificate, "utf8")],
      lock: (_name, _signal, action) => action(),
      resolve: () => Promise.reject(new Error("the proxy resolves names")),
    });
    const get = (url: string) =>
      download({ url, sha256, mirrors: [] }, { signal: new AbortController().signal, log: join(directory, "log") });
    assert.is(await readFile(await get("https://files.example/x"), "utf8"), content);
    assert.equal(through.asked, ["files.example:443 Basic dXNlcjpwYXNz"]);
    // In the cache by now, hence others: another server's certificate, a refusal, an address that nobody may ask for.
    await removeTree(join(directory, "cache"));
    const message = (url: string) => get(url).then(String, ({ message }) => message);
    assert.match(await message("https://other.example/x"), /certificate of other\.example is not accepted/);
    assert.match(await message("https://forbidden.example/x"), /the proxy 127\.0\.0\.1 answers 403 Forbidden$/);
    assert.match(await message("https://169.254.169.254/x"), /is a private address/);
  } finally {
    await through.stop();
    await server.stop();
    await removeTree(directory);
  }
});

test.run();
