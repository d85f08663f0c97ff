import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { parsePackageHost } from "../../src/model/package-hosts.js";
import type { ResolvedAddress } from "../../src/run/download-address.js";
import { createPackageProxy, type PackageProxyDeps, type ReachableHost } from "../../src/run/package-proxy.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";

const test = suite("run/package-proxy");
const stops: (() => void)[] = [];
/** A plain web server, and one that repeats what it is sent, as a server with TLS would look to a proxy. */
let web: { readonly port: number; readonly asked: IncomingMessage[]; answer: (answer: ServerResponse) => void };
let echo: { readonly port: number; connections: number };

async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  stops.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

test.before(async () => {
  const asked: IncomingMessage[] = [];
  const server = createHttpServer((request, answer) => {
    asked.push(request);
    web.answer(answer);
  });
  web = { port: await listen(server), asked, answer: (answer) => answer.end("a package") };
  const repeating = createServer((socket) => {
    echo.connections++;
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  echo = { port: await listen(repeating), connections: 0 };
});
test.after(() => {
  for (const stop of stops) stop();
});

const known = (text: string, isPrivate = false) => ({ ...parsePackageHost(text), isPrivate }) as ReachableHost;

/** Starts a proxy whose name server is a table, and which notes what it is asked. */
async function start(
  hosts: readonly ReachableHost[],
  names: Readonly<Record<string, readonly string[]>> = {},
  more: Partial<PackageProxyDeps> = {},
) {
  const resolved: string[] = [];
  const notes: string[] = [];
  const resolve = async (host: string): Promise<ResolvedAddress[]> => {
    resolved.push(host);
    return (names[host] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  const proxy = createPackageProxy({ hosts, env: {}, ca: [], resolve, note: (line) => notes.push(line), ...more });
  const socket = createServer();
  const port = await listen(socket);
  proxy.listen(proxy.addresses[0] ?? "", socket);
  stops.push(() => proxy.close());
  return { proxy, port, resolved, notes };
}

/** Sends bytes to a port and returns everything that comes back. The end of what goes into a tunnel is said, as by TLS. */
async function send(port: number, bytes: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => socket.destroy());
  if (bytes.startsWith("CONNECT")) socket.end(bytes);
  else socket.write(bytes);
  return text(socket).catch(() => "");
}

const CONNECT = (target: string, more = "") => `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n${more}`;
const GET = (url: string, headers = "") =>
  `GET ${url} HTTP/1.1\r\nHost: packages.example\r\nConnection: close\r\n${headers}\r\n`;

const status = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

test("a tunnel to a known host, and to nothing else: no other host, no other port, no scheme without TLS", async () => {
  const names = { "packages.example": ["127.0.0.1"], "plain.example": ["127.0.0.1"] };
  const hosts = [known(`packages.example:${echo.port}`, true), known(`http://plain.example:${echo.port}`, true)];
  const { proxy, port, resolved, notes } = await start(hosts, names);
  const answer = await send(port, CONNECT(`packages.example:${echo.port}`, "bytes of TLS"));
  assert.match(answer, /^HTTP\/1\.1 200 .*\r\n\r\nbytes of TLS$/);
  const others = [
    "evil.example:443",
    "packages.example:22",
    "packages.example:443",
    `sub.packages.example:${echo.port}`,
    `plain.example:${echo.port}`,
    `127.0.0.1:${echo.port}`,
    `[::1]:${echo.port}`,
    "169.254.169.254:80",
  ];
  const before = echo.connections;
  for (const target of others) assert.is(status(await send(port, CONNECT(target))), 403, target);
  assert.is(echo.connections, before);
  assert.equal(resolved, ["packages.example"], "what is refused is not looked up: names are a channel as well");
  assert.equal([...proxy.refused()].sort(), [...others].sort());
  assert.equal(notes.slice(0, 2), [
    `network: let through packages.example:${echo.port}`,
    "network: refused evil.example:443, which is no host of package sources",
  ]);
});

test("other spellings of a known host are that host or nothing", async () => {
  const { port } = await start([known(`packages.example:${echo.port}`, true)], { "packages.example": ["127.0.0.1"] });
  for (const target of [`PACKAGES.example:${echo.port}`, `packages.example.:${echo.port}`])
    assert.is(status(await send(port, CONNECT(target))), 200, target);
  for (const target of [
    `user@packages.example:${echo.port}`,
    `packages.example:${echo.port}@evil.example:443`,
    `packages.example:${echo.port}/`,
    `https://packages.example:${echo.port}`,
    `packages.example:${echo.port}:443`,
    "packages.example:99999",
    "packages.example:",
    "packages.example",
    `packages.example%00:${echo.port}`,
    "2130706433:443",
    "0x7f.1:443",
    "[::ffff:127.0.0.1]:443",
    "[fe80::1%25eth0]:443",
  ])
    assert.ok([400, 403].includes(status(await send(port, CONNECT(target)))), target);
});

const PRIVATE = [
  "127.0.0.1",
  "127.9.9.9",
  "0.0.0.0",
  "10.0.0.1",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:a9fe:a9fe",
  "::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::7f00:1",
  "2002:7f00:1::",
  "2001::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fec0::1",
  "ff02::1",
];

test("a known name with an address that is not public is not reached, whatever else it has", async () => {
  for (const address of PRIVATE) {
    for (const addresses of [[address], ["93.184.216.34", address], [address, "93.184.216.34"]]) {
      const { port, notes, proxy } = await start([known(`packages.example:${echo.port}`)], {
        "packages.example": addresses,
      });
      const answer = await send(port, CONNECT(`packages.example:${echo.port}`));
      assert.is(status(answer), 502, addresses.join(" "));
      const why = `no connection to packages.example:${echo.port}: packages.example has a private`;
      assert.match(notes.join("\n"), why);
      assert.match(proxy.unreached().join("\n"), why);
      proxy.close();
    }
  }
});

test("a known host that is itself an address must be public, unless the machine's settings name it", async () => {
  for (const host of ["127.0.0.1", "0x7f.1", "2130706433", "169.254.169.254"]) {
    const { port } = await start([known(`${host}:${echo.port}`)], { [host]: ["127.0.0.1"] });
    assert.is(status(await send(port, CONNECT(`${host}:${echo.port}`))), 502, host);
  }
  const { port } = await start([known(`127.0.0.1:${echo.port}`, true)]);
  assert.is(status(await send(port, CONNECT(`127.0.0.1:${echo.port}`))), 200);
});

test("rebinding: a name is looked up once a connection, and that answer is what is checked and used", async () => {
  let lookups = 0;
  const resolve = async () => {
    lookups++;
    return [{ address: lookups === 1 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
  };
  const other = createServer((socket) => socket.end("the wrong server"));
  await new Promise<void>((done) => other.listen(echo.port, "127.0.0.2", done));
  stops.push(() => other.close());
  const { port } = await start([known(`packages.example:${echo.port}`, true)], {}, { resolve });
  assert.match(await send(port, CONNECT(`packages.example:${echo.port}`, "first")), /\r\n\r\nfirst$/);
  assert.is(lookups, 1);
  // Public for a check, private for the connection: the second answer never comes.
  let asked = 0;
  const flipping = async () => [{ address: asked++ === 0 ? "192.168.0.1" : "127.0.0.1", family: 4 }];
  const second = await start([known(`packages.example:${echo.port}`)], {}, { resolve: flipping });
  assert.is(status(await send(second.port, CONNECT(`packages.example:${echo.port}`))), 502);
  assert.is(asked, 1);
});

test("plain HTTP: fetching from a known host, with its own name and without what belongs to the proxy", async () => {
  const names = { "packages.example": ["127.0.0.1"] };
  const { port } = await start([known(`http://packages.example:${web.port}`, true)], names);
  const headers =
    "Proxy-Authorization: Basic c2VjcmV0\r\nConnection: X-Gone\r\nX-Gone: 1\r\nX-Kept: 1\r\nHost: evil.example\r\n";
  const answer = await send(
    port,
    `GET http://packages.example:${web.port}/a/b?c=d HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`,
  );
  assert.is(status(answer), 200);
  assert.match(answer, "a package");
  const asked = web.asked.at(-1);
  assert.is(asked?.url, "/a/b?c=d");
  assert.is(asked?.headers.host, `packages.example:${web.port}`);
  assert.is(asked?.headers["x-kept"], "1");
  assert.not.ok("proxy-authorization" in (asked?.headers ?? {}));
  assert.not.ok("x-gone" in (asked?.headers ?? {}));
});

test("plain HTTP: no other host, method, form or scheme", async () => {
  const { port, resolved } = await start([known(`http://packages.example:${web.port}`, true)], {
    "packages.example": ["127.0.0.1"],
  });
  const own = `http://packages.example:${web.port}/`;
  const before = web.asked.length;
  for (const url of [
    "http://evil.example/",
    "http://packages.example/",
    `http://packages.example:${web.port}@evil.example/`,
    `http://evil.example\\@packages.example:${web.port}/`,
    `http://127.0.0.1:${web.port}/`,
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://2852039166/",
    `https://packages.example:${web.port}/`,
    "ftp://packages.example/",
    "file:///etc/passwd",
    "/",
    "*",
  ])
    assert.ok([400, 403, Number.NaN].includes(status(await send(port, GET(url)))), url);
  assert.is(status(await send(port, GET(`http://user:word@packages.example:${web.port}/`))), 400);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
    assert.is(
      status(
        await send(port, `${method} ${own} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc`),
      ),
      405,
      method,
    );
  assert.is(
    await send(port, `GET ${own} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`),
    "",
  );
  assert.is(web.asked.length, before);
  assert.equal(resolved, []);
});

test("each request of a connection is judged, and two framings of one body are none", async () => {
  const { port } = await start([known(`http://packages.example:${web.port}`, true)], {
    "packages.example": ["127.0.0.1"],
  });
  const own = `http://packages.example:${web.port}/`;
  const before = web.asked.length;
  const answers = await send(port, `GET ${own} HTTP/1.1\r\nHost: a\r\n\r\n${GET("http://evil.example/")}`);
  assert.match(answers, /^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 403 /);
  const smuggled = "GET /smuggled HTTP/1.1\r\nHost: evil.example\r\n\r\n";
  const both = `Content-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n`;
  await send(port, `GET ${own} HTTP/1.1\r\nHost: a\r\n${both}\r\n0\r\n\r\n${smuggled}`);
  assert.is(web.asked.slice(before).filter(({ url }) => url !== "/").length, 0);
});

test("a redirect is the client's to follow, and leads it to a refusal", async () => {
  const { port, proxy } = await start([known(`http://packages.example:${web.port}`, true)], {
    "packages.example": ["127.0.0.1"],
  });
  const plain = web.answer;
  web.answer = (answer) => answer.writeHead(302, { location: "http://169.254.169.254/latest/" }).end();
  const before = web.asked.length;
  const answer = await send(port, GET(`http://packages.example:${web.port}/`));
  web.answer = plain;
  assert.is(status(answer), 302);
  assert.is(web.asked.length, before + 1);
  assert.is(status(await send(port, GET(/location: (\S+)/i.exec(answer)?.[1] ?? ""))), 403);
  assert.equal(proxy.refused(), ["http://169.254.169.254:80"]);
});

test("a server that breaks the protocol breaks nothing here", async () => {
  const hostile = [
    "HTTP/1.1 099 Odd\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
    `HTTP/1.1 200 OK\r\nX: ${"a".repeat(100_000)}\r\n\r\n`,
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nabcde",
    "not HTTP at all",
    "",
  ];
  let next = "";
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(next));
  });
  const at = await listen(server);
  const { port } = await start([known(`http://packages.example:${at}`, true)], { "packages.example": ["127.0.0.1"] });
  for (const answer of hostile) {
    next = answer;
    await send(port, GET(`http://packages.example:${at}/`));
  }
  next = "HTTP/1.1 200 OK\r\n\r\nwell";
  assert.match(await send(port, GET(`http://packages.example:${at}/`)), "well");
});

test("what is noted is of a known form, and there is an end to it", async () => {
  const { port, notes, proxy } = await start([]);
  for (const target of ["evil\u001b[2J.example:443", "a\tb:443", `${"a".repeat(300)}.example:443`, "::error::x:443"])
    await send(port, CONNECT(target));
  assert.equal(notes, []);
  for (let index = 0; index < 150; index++) await send(port, CONNECT(`n${index}.example:443`));
  assert.is(notes.length, 100);
  assert.is(proxy.refused().length, 100);
  assert.ok(notes.every((note) => /^network: refused [a-z0-9.]+:443, which is no host of package sources$/.test(note)));
});

test("the machine's own proxies carry what passes, and only that", async () => {
  const asked: string[] = [];
  const machine = createHttpServer((request, answer) => {
    asked.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"]}`);
    answer.end("by the machine's proxy");
  });
  machine.on("connect", (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"]}`);
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    socket.pipe(socket);
  });
  const own = `http://user:word@127.0.0.1:${await listen(machine)}`;
  const env = { http_proxy: own, https_proxy: own };
  const { port, resolved } = await start([known("packages.example"), known("http://packages.example")], {}, { env });
  assert.match(await send(port, CONNECT("packages.example:443", "bytes of TLS")), /\r\n\r\nbytes of TLS$/);
  assert.match(await send(port, GET("http://packages.example/a")), "by the machine's proxy");
  assert.is(status(await send(port, CONNECT("evil.example:443"))), 403);
  const login = `Basic ${Buffer.from("user:word").toString("base64")}`;
  assert.equal(asked, [`CONNECT packages.example:443 ${login}`, `GET http://packages.example/a ${login}`]);
  assert.equal(resolved, [], "names are the proxy's to resolve");
});

test("a loopback source of the machine is served at its own address, and as narrowly", async () => {
  const { proxy } = await start([
    known(`http://127.0.0.1:${web.port}`, true),
    known(`localhost:${echo.port}`, true),
    known("http://127.0.0.1:9"),
  ]);
  assert.equal(proxy.addresses, ["127.0.0.1:3128", `127.0.0.1:${web.port}`, `127.0.0.1:${echo.port}`]);
  const serve = async (address: string) => {
    const socket = createServer();
    const port = await listen(socket);
    proxy.listen(address, socket);
    return port;
  };
  const plain = await serve(`127.0.0.1:${web.port}`);
  assert.match(await send(plain, GET("/simple/")), "a package");
  assert.is(web.asked.at(-1)?.headers.host, `127.0.0.1:${web.port}`);
  assert.is(status(await send(plain, GET("http://evil.example/"))), 200);
  assert.is(web.asked.at(-1)?.url, "/", "the target is fixed");
  assert.is(status(await send(plain, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 405);
  assert.is(await send(plain, CONNECT("evil.example:443")), "");
});

test("its end is the end of every connection", async () => {
  const { port, proxy } = await start([known(`packages.example:${echo.port}`, true)], {
    "packages.example": ["127.0.0.1"],
  });
  const open = connect(port, "127.0.0.1");
  const idle = connect(port, "127.0.0.1");
  for (const socket of [open, idle]) socket.on("error", () => {});
  await once(idle, "connect");
  open.write(CONNECT(`packages.example:${echo.port}`));
  await once(open, "data");
  proxy.close();
  await until("both sockets end", () => open.destroyed && idle.destroyed);
  assert.is(await send(port, CONNECT(`packages.example:${echo.port}`)), "");
});

test.run();
