import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressesOf, createDownloader, type DownloadDeps } from "../../src/run/download.js";
import { StepFailure } from "../../src/run/runner.js";
import { withMutex } from "../../src/system/mutex.js";
import { makeCertificate } from "../support/certificate.js";
import { type FileServer, file, redirect, startFileServer } from "../support/file-server.js";
import { removeTree } from "../support/remove-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/download");
let directory: string;
let server: FileServer;
let ca: string;
let count = 0;

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-download-"));
  const tls = await makeCertificate(directory, ["files.example"]);
  ca = await readFile(tls.certificate, "utf8");
  server = await startFileServer(tls);
});
test.before.each(() => {
  server.routes.clear();
  server.asked.length = 0;
});
test.after(async () => {
  await server.stop();
  await removeTree(directory);
});

const CONTENT = "what was asked for\n";
const SHA = createHash("sha256").update(CONTENT).digest("hex");
const log = () => join(directory, "log");

/** Dependencies with an empty cache. */
function fresh(more: Partial<DownloadDeps> = {}): DownloadDeps {
  count += 1;
  return {
    settings: { privateHosts: ["127.0.0.1"], mirrors: new Map() },
    cache: join(directory, `cache-${count}`),
    env: {},
    ca: [ca],
    lock: (name, signal, action) => withMutex(join(directory, name), signal, action),
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    ...more,
  };
}

interface Ask {
  readonly sha256?: string;
  readonly mirrors?: readonly string[];
  readonly signal?: AbortSignal;
}

const get = (deps: DownloadDeps, url: string, { sha256 = SHA, mirrors = [], signal }: Ask = {}) =>
  createDownloader(deps)({ url, sha256, mirrors }, { signal: signal ?? new AbortController().signal, log: log() });

/** The failure's message; nothing may be left in the cache. */
async function refused(deps: DownloadDeps, url: string, ask: Ask = {}): Promise<string> {
  const error = await get(deps, url, ask).then(
    () => undefined,
    (failure) => failure,
  );
  assert.instance(error, StepFailure, String(error?.stack));
  assert.equal(await readdir(join(deps.cache, "sha256")), []);
  return `${error.code} ${error.message}`;
}

test("a file is fetched once, and then taken from the cache, by another run as well", async () => {
  server.routes.set("/x", file(CONTENT));
  const deps = fresh();
  const path = await get(deps, `${server.url}/x`);
  assert.is(await readFile(path, "utf8"), CONTENT);
  assert.is(path, join(deps.cache, "sha256", SHA));
  assert.is(await get(deps, `${server.url}/x`), path);
  assert.is(await get(deps, "https://127.0.0.1:1/elsewhere"), path);
  assert.equal(server.asked, ["/x"]);
  assert.equal(await readdir(join(deps.cache, "sha256")), [SHA]);
});

test("a cached file that was changed is fetched anew", async () => {
  server.routes.set("/x", file(CONTENT));
  const deps = fresh();
  const path = await get(deps, `${server.url}/x`);
  await writeFile(path, "something else");
  assert.is(await readFile(await get(deps, `${server.url}/x`), "utf8"), CONTENT);
  assert.equal(server.asked, ["/x", "/x"]);
});

test("several who ask at once, in one run and in two, get it from one download", async () => {
  server.routes.set("/x", file(CONTENT));
  const deps = fresh();
  const run = createDownloader(deps);
  const signal = new AbortController().signal;
  const job = { url: `${server.url}/x`, sha256: SHA, mirrors: [] };
  const paths = await Promise.all([
    run(job, { signal, log: log() }),
    run(job, { signal, log: log() }),
    get(deps, job.url),
  ]);
  assert.is(new Set(paths).size, 1);
  assert.equal(server.asked, ["/x"]);
  // Within a run without a lock as well.
  const unlocked = createDownloader(fresh({ lock: (_name, _signal, action) => action() }));
  await Promise.all([unlocked(job, { signal, log: log() }), unlocked(job, { signal, log: log() })]);
  assert.equal(server.asked, ["/x", "/x"]);
});

test("another content than the hash says is not kept, and the next time is a new one", async () => {
  server.routes.set("/x", file("an attack"));
  const deps = fresh();
  const found = createHash("sha256").update("an attack").digest("hex");
  const message = await refused(deps, `${server.url}/x`);
  assert.is(message, `DOWNLOAD_FAILED cannot download ${server.url}/x: its sha256 is ${found}, expected ${SHA}`);
  server.routes.set("/x", file(CONTENT));
  assert.ok(existsSync(await get(deps, `${server.url}/x`)));
});

test("redirects are followed, but not to private addresses, not without TLS, and not for ever", async () => {
  server.routes.set("/x", file(CONTENT));
  server.routes.set("/moved", redirect("/x"));
  assert.ok(existsSync(await get(fresh(), `${server.url}/moved`)));

  server.routes.set("/private", redirect("https://127.0.0.2/x"));
  assert.match(
    await refused(fresh(), `${server.url}/private`),
    /redirects to .* not allowed: 127\.0\.0\.2 is a private/,
  );
  server.routes.set("/metadata", redirect("https://metadata.example/x"));
  const resolve = async () => [{ address: "169.254.169.254", family: 4 }];
  const metadata = await refused(fresh({ resolve }), `${server.url}/metadata`);
  assert.match(metadata, /metadata\.example has a private address \(169\.254\.169\.254\)/);
  server.routes.set("/plain", redirect(`http://127.0.0.1:${server.port}/x`));
  assert.match(await refused(fresh(), `${server.url}/plain`), /http:\/\/127\.0\.0\.1 is not https$/);
  server.routes.set("/login", redirect(`https://user:s3cret@127.0.0.1:${server.port}/x`));
  assert.not.match(await refused(fresh(), `${server.url}/login`), /s3cret/);

  for (let hop = 0; hop < 6; hop += 1) server.routes.set(`/hop${hop}`, redirect(`/hop${hop + 1}`));
  server.routes.set("/hop6", file(CONTENT));
  assert.ok(existsSync(await get(fresh(), `${server.url}/hop1`)));
  assert.match(await refused(fresh(), `${server.url}/hop0`), /: more than 5 redirects$/);
});

test("a private host is refused before it is asked, unless the settings name it", async () => {
  server.routes.set("/x", file(CONTENT));
  const settings = { privateHosts: [], mirrors: new Map() };
  assert.match(await refused(fresh({ settings }), `${server.url}/x`), /127\.0\.0\.1 is a private address/);
  const named = `https://files.example:${server.port}/x`;
  assert.match(await refused(fresh({ settings }), named), /files\.example has a private address \(127\.0\.0\.1\)/);
  assert.equal(server.asked, []);
  const allowed = { ...settings, privateHosts: ["Files.Example"] };
  assert.ok(existsSync(await get(fresh({ settings: allowed }), named)));
});

test("mirrors of the catalogue come first, then the address, then mirrors of the artifact", async () => {
  const mirrors = new Map([
    ["https://example.org/", "https://far.internal/"],
    ["https://example.org/a/", "https://near.internal/a/"],
    ["https://example.com/", "https://wrong.internal/"],
  ]);
  const download = {
    url: "https://example.org/a/x",
    sha256: SHA,
    mirrors: ["https://m.example/x", "https://example.org/a/x"],
  };
  assert.equal(addressesOf(download, { privateHosts: [], mirrors }), [
    "https://near.internal/a/x",
    "https://far.internal/a/x",
    "https://example.org/a/x",
    "https://m.example/x",
  ]);
});

test("after a failure the next address is tried, and all failures are told", async () => {
  server.routes.set("/wrong", file("an attack"));
  server.routes.set("/x", file(CONTENT));
  const mirrors = [`${server.url}/missing`, `${server.url}/x`];
  assert.ok(existsSync(await get(fresh(), `${server.url}/wrong`, { mirrors })));
  assert.equal(server.asked, ["/wrong", "/missing", "/x"]);
  const message = await refused(fresh(), `${server.url}/wrong?token=s3cret`, { mirrors: ["https://127.0.0.1:1/y"] });
  assert.match(
    message,
    /\/wrong: 127\.0\.0\.1 answers 404 Not Found; https:\/\/127\.0\.0\.1:1\/y: 127\.0\.0\.1:1 refuses/,
  );
  assert.not.match(message, /s3cret/);
});

test("a mirror of the catalogue is used", async () => {
  server.routes.set("/mirror/x", file(CONTENT));
  const mirrors = new Map([["https://example.org/", `${server.url}/mirror/`]]);
  assert.ok(
    existsSync(await get(fresh({ settings: { privateHosts: ["127.0.0.1"], mirrors } }), "https://example.org/x")),
  );
});

test("every failure has words", async () => {
  const resolve = (code: string) => async () => {
    throw Object.assign(new Error(`getaddrinfo ${code}`), { code });
  };
  const url = "https://files.example/x";
  assert.match(await refused(fresh({ resolve: resolve("ENOTFOUND") }), url), /: there is no host files\.example$/);
  assert.match(await refused(fresh({ resolve: resolve("EAI_AGAIN") }), url), /cannot be resolved now$/);
  assert.match(await refused(fresh({ ca: [] }), `${server.url}/x`), /certificate of 127\.0\.0\.1 .*SLIPWAY_CA_BUNDLE$/);
  const named = { settings: { privateHosts: ["other.example"], mirrors: new Map() } };
  const wrongName = await refused(fresh(named), `https://other.example:${server.port}/x`);
  assert.match(wrongName, /certificate of other\.example is not accepted: .*other\.example/);
  assert.match(await refused(fresh(), "not a url"), /cannot download "not a url": it is no URL$/);
});

test("a file that ends too early or is too large is not kept", async () => {
  server.routes.set("/cut", (answer) => {
    answer.writeHead(200, { "content-length": "100" });
    answer.write("begun", () => answer.destroy());
  });
  assert.match(await refused(fresh(), `${server.url}/cut`), /the connection ended after [0-9]+ of 100 bytes$/);
  server.routes.set("/x", file(CONTENT));
  assert.match(await refused(fresh({ limit: 5 }), `${server.url}/x`), /it has more than 5 bytes$/);
  server.routes.set("/chunks", (answer) => {
    answer.write(CONTENT);
    answer.end();
  });
  assert.match(await refused(fresh({ limit: 5 }), `${server.url}/chunks`), /it has more than 5 bytes$/);
});

test("who does not answer, or stops in the middle, is not waited for", async () => {
  server.routes.set("/silent", () => {});
  assert.match(await refused(fresh({ timeout: 50 }), `${server.url}/silent`), /: no answer within 0\.05 s$/);
  server.routes.set("/slow", (answer) => answer.write("begun"));
  assert.match(await refused(fresh({ timeout: 50 }), `${server.url}/slow`), /no further data within 0\.05 s$/);
});

test("an interruption ends it at once, before and within an answer", async () => {
  for (const begin of [false, true]) {
    const controller = new AbortController();
    server.routes.set("/x", (answer) => {
      if (begin) answer.write("begun", () => setImmediate(() => controller.abort()));
      else controller.abort();
    });
    const { signal } = controller;
    assert.is(await refused(fresh(), `${server.url}/x`, { signal }), "INTERRUPTED interrupted");
  }
});

test.run();
