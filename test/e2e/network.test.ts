import { createSocket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { archiveAccess } from "../support/archive-access.js";
import { PYTHON_BASE, publishBase } from "../support/base-images.js";
import { TestCatalogue } from "../support/catalogue.js";
import { layoutTags } from "../support/layout.js";
import { programsWithout } from "../support/programs.js";
import { type StaticServer, startStaticServer } from "../support/static-server.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

/** What `setup` can reach: a script in the image tries every way out of its network namespace. */
const test = suite("network");
let workspace: Workspace;
let catalogue: TestCatalogue;
let source: StaticServer;
const reached: string[] = [];
const servers: Server[] = [];

/** Names each way and says what came of it; `FAILED` first if it led out. */
const ATTACKS = `import ctypes, json, os, socket, subprocess, sys, urllib.request
targets = json.load(open("/srv/targets.json"))
socket.setdefaulttimeout(3)

def attempt(name, action):
    try:
        result = action()
    except BaseException as error:
        print("refused", name, type(error).__name__, flush=True)
    else:
        print("REACHED", name, repr(result)[:200], flush=True)

def tcp(host, port, family=socket.AF_INET):
    with socket.socket(family) as s:
        s.connect((host, port))
        return s.getpeername()

def udp(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((host, port))
        s.send(b"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x07example\\x03org\\x00\\x00\\x01\\x00\\x01")
        return s.recv(512)

def by_proxy(line, more=""):
    with socket.create_connection(("127.0.0.1", 3128)) as s:
        s.sendall((line + " HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n" + more).encode())
        answer = s.recv(4096).decode("latin1")
        if " 200 " not in answer.split("\\r\\n")[0]:
            raise ConnectionError(answer)
        return answer

def abstract(name):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("\\0" + name)
        return "connected"

def vsock():
    # Whether anybody listens there does not matter: no namespace holds it apart.
    return socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)

def raw():
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)

def packet():
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW)

def enter():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x40000000) != 0 or libc.setns(os.open("/proc/1/ns/net", os.O_RDONLY), 0x40000000) != 0:
        raise OSError(ctypes.get_errno())
    return tcp("127.0.0.1", targets["tcp"])

def interfaces():
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
    if not names:
        raise OSError("only lo")
    return names

def fetch(url, proxies=None):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
    return opener.open(url, timeout=5).read().decode()

def listeners():
    return by_proxy("GET http://127.0.0.1:3128/")

attempt("interfaces", interfaces)
attempt("host loopback", lambda: tcp("127.0.0.1", targets["tcp"]))
attempt("host loopback by IPv6", lambda: tcp("::1", targets["tcp"], socket.AF_INET6))
for address in targets["own"]:
    attempt("host address", lambda: tcp(address, targets["tcp"], socket.AF_INET6 if ":" in address else socket.AF_INET))
attempt("metadata", lambda: tcp("169.254.169.254", 80))
attempt("metadata by IPv6", lambda: tcp("fd00:ec2::254", 80, socket.AF_INET6))
attempt("mapped", lambda: tcp("::ffff:127.0.0.1", targets["tcp"], socket.AF_INET6))
attempt("UDP of the host", lambda: udp("127.0.0.1", targets["udp"]))
for line in open("/etc/resolv.conf"):
    if line.startswith("nameserver"):
        attempt("DNS by UDP", lambda: udp(line.split()[1], 53))
        attempt("DNS by TCP", lambda: tcp(line.split()[1], 53))
attempt("getaddrinfo", lambda: socket.getaddrinfo("example.org", 443))
attempt("getent", lambda: subprocess.run(["getent", "ahosts", "secret.example.org"], check=True, capture_output=True))
attempt("abstract Unix socket", lambda: abstract(targets["abstract"]))
attempt("vsock", vsock)
attempt("raw socket", raw)
attempt("packet socket", packet)
attempt("another namespace", enter)
for target in ["127.0.0.1:%d" % targets["tcp"], "localhost:%d" % targets["tcp"], "[::1]:%d" % targets["tcp"],
               "[::ffff:127.0.0.1]:%d" % targets["tcp"], "169.254.169.254:80", "169.254.169.254:443", "example.org:443",
               "example.org:22", "127.0.0.1:%d" % targets["source"], "127.0.0.1:3128", "0.0.0.0:%d" % targets["tcp"]]:
    attempt("CONNECT " + target, lambda: by_proxy("CONNECT " + target))
for url in ["http://127.0.0.1:%d/" % targets["tcp"], "http://169.254.169.254/latest/meta-data/", "http://example.org/",
            "http://2130706433:%d/" % targets["tcp"], "http://[::ffff:7f00:1]:%d/" % targets["tcp"]]:
    attempt("GET " + url, lambda: by_proxy("GET " + url))
attempt("POST", lambda: by_proxy("POST " + targets["url"]))
attempt("environment", lambda: {}[os.environ["no_proxy"] + os.environ["NO_PROXY"]])
print("by proxy:", fetch(targets["url"] + "hello", {"http": os.environ["http_proxy"]}), flush=True)
print("at its own address:", fetch(targets["url"] + "hello", {}), flush=True)
`;

async function listen(server: Server, where: object): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(where, resolve));
  server.unref();
  servers.push(server);
  return server;
}

const child = (name: string, more: string) => `name: ${name}\nversion: "1"\nparent: python\n${more}`;

/** A command of `setup`, as YAML. */
const python = (program: string) => JSON.stringify(`python3 -c '${program}'`);
const connecting = (port: number | string) => python(`import socket; socket.create_connection(("127.0.0.1", ${port}))`);
const FETCH = python('import urllib.request as r; r.urlopen("https://packages.example/a")');

test.before(async () => {
  workspace = await Workspace.create();
  source = await startStaticServer(new Map([["/simple/hello", "hello from a package source"]]));
  const tcp = await listen(
    createServer((socket) => {
      reached.push("tcp");
      socket.end();
    }),
    { host: "::", port: 0 },
  );
  const udp = createSocket("udp4").on("message", (_message, { port }) => {
    reached.push("udp");
    udp.send("answer", port);
  });
  await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
  udp.unref();
  const abstract = `slipway-test-${process.pid}`;
  await listen(
    createServer(() => reached.push("abstract")),
    { path: `\0${abstract}` },
  );
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const targets = {
    tcp: (tcp.address() as AddressInfo).port,
    udp: udp.address().port,
    source: Number(new URL(source.url).port),
    url: `${source.url}/simple/`,
    abstract,
    own: own.filter((address) => !address.startsWith("fe80")),
  };
  catalogue = await TestCatalogue.empty(workspace, "catalogue", {
    "catalog/system/debian.yaml":
      "kind: SystemPackages\nos: debian\npackages: [{ name: python3 }, { name: python3-pip }]\n",
    "images/python/image.yaml": PYTHON_BASE,
    "images/attacker/image.yaml": child(
      "attacker",
      "network: packages\nartifacts: [{ path: files, dest: /srv }]\nsetup: [python3 /srv/attacks.py]\n",
    ),
    "images/attacker/files/attacks.py": ATTACKS,
    "images/attacker/files/targets.json": JSON.stringify(targets),
    "images/asks/image.yaml": child("asks", `network: packages\nsetup: [${FETCH}]\n`),
    "images/alone/image.yaml": child("alone", `network: none\nsetup: [${connecting(3128)}]\n`),
  });
});
test.after(async () => {
  for (const server of servers) server.close();
  await source.stop();
  await workspace.remove();
});

test("with the network `packages` setup reaches the package sources, and nothing by any other way", async () => {
  const registry = workspace.path("registry");
  const env = { ...workspace.env, ...archiveAccess(), SLIPWAY_STATE: workspace.path("state") };
  await publishBase(catalogue, "python", { registry, env });
  const machine = { ...env, PIP_INDEX_URL: `${source.url}/simple/` };
  await catalogue.expect(0, ["build", "attacker", "--registry", `oci:${registry}`], { env: machine });
  const log = await readFile(workspace.path("state/logs/attacker.log"), "utf8");
  const lines = log.split("\n");
  assert.equal(
    lines.filter((line) => line.startsWith("REACHED")),
    [],
  );
  assert.ok(lines.filter((line) => line.startsWith("refused")).length > 35, log);
  assert.equal(reached, []);
  assert.ok(lines.includes("by proxy: hello from a package source"), log);
  assert.ok(lines.includes("at its own address: hello from a package source"), log);
  const noted = lines.filter((line) => line.startsWith("slipway: network: "));
  assert.ok(noted.includes(`slipway: network: let through http://127.0.0.1:${new URL(source.url).port}`), log);
  assert.ok(noted.includes("slipway: network: refused 169.254.169.254:443, which is no host of package sources"), log);
  assert.ok(layoutTags(registry).has("attacker:latest"));
});

test("a build that lacks the network says what it asked for, and what to write", async () => {
  const registry = workspace.path("registry");
  const env = { ...workspace.env, ...archiveAccess(), SLIPWAY_STATE: workspace.path("state") };
  const asks = await catalogue.expect(1, ["build", "asks", "--registry", `oci:${registry}`], { env });
  assert.match(
    asks.stdout,
    /its network is `packages`, and packages\.example:443 was refused: .*`package-hosts` of the base image/,
  );
  const alone = await catalogue.expect(1, ["build", "alone", "--registry", `oci:${registry}`], { env });
  assert.match(alone.stdout, "it is built without a network; `network: packages` in the definition");
});

test("where the network cannot be cut off there is no build", async () => {
  const registry = workspace.path("registry");
  const programs = await programsWithout(workspace, "unshare");
  const env = { ...workspace.env, PATH: programs, SLIPWAY_STATE: workspace.path("state-b") };
  const { stdout } = await catalogue.expect(1, ["build", "asks", "--registry", `oci:${registry}`], { env });
  assert.match(stdout, "cannot cut the network off for `network: packages`: unshare is not installed");
});

test("the machine's network needs an administrator's exception", async () => {
  const registry = workspace.path("registry");
  const env = { ...workspace.env, ...archiveAccess(), SLIPWAY_STATE: workspace.path("state") };
  const setup = connecting(new URL(source.url).port);
  await catalogue.write("images/alone/image.yaml", child("alone", `network: host\nsetup: [${setup}]\n`));
  const refused = await catalogue.expect(3, ["build", "alone", "--registry", `oci:${registry}`], { env });
  assert.match(`${refused.stdout}${refused.stderr}`, /images\/alone\/image\.yaml:4:10: error network-host: /);
  await catalogue.write(
    "policies/exceptions.yaml",
    "exceptions:\n  - { rule: network-host, image: alone, reason: it says so, owner: '@a', expires: 2099-12-31 }\n",
  );
  await catalogue.expect(0, ["build", "alone", "--registry", `oci:${registry}`], { env });
});

test.run();
