import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { TestCatalogue } from "../support/catalogue.js";
import { signalGroup } from "../support/slipway-process.js";
import { assert, suite } from "../support/suite.js";
import { until } from "../support/until.js";
import { buildahIn, containersIn, processesOf, Workspace } from "../support/workspace.js";

/** Tests of images that start the image's own command, with real Buildah. */
const test = suite("tests with a server");
let workspace: Workspace;
let catalogue: TestCatalogue;

const SERVER = `#!/bin/sh
trap 'echo "bye from $(id -u)"; exit 3' TERM
/bin/busybox httpd -p 8080 -h /srv/www -c /srv/httpd.conf
echo up
while :; do sleep 0.1; done
`;
const IMAGE = `name: server
version: "1.0"
parent: base
artifacts:
  - { path: serve, dest: /srv, mode: "0755" }
  - { path: www, dest: /srv/www }
  - { path: slow, target: /srv/www/cgi-bin/slow, mode: "0755" }
  - { path: httpd.conf, dest: /srv }
run: { user: "12", entrypoint: [/srv/serve] }
`;
const TESTS = `tests:
  - name: it says hello
    serve: { port: 8080 }
    requests:
      - { path: /hello.json, answer: { json: '{"b": [1], "a": "é"}', headers: { Content-Type: application/json } } }
      - { path: /gone, answer: { status: 404, body: { contains: not found, matches: "^<HTML>" } } }
      - { path: /hello.json, headers: { Range: bytes=0-3 }, answer: { status: 206, body: { equals: '{"a"' } } }
      - { json: "{}", answer: { status: 404 } }
    stdout: { equals: "up\\nbye from 12" }
    exit: 3
`;
/** The base without the test that it runs as root, which its children would run, too. */
const BASE = `kind: BaseImage
name: base
version: "1.0"
os: debian
from: scratch
artifacts:
  - { path: rootfs, dest: / }
`;
const OTHERS = ["side", "tools", "app", "blue", "green"].map((name) => [`images/${name}/image.yaml`, null] as const);

test.before(async () => {
  workspace = await Workspace.create();
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    ...Object.fromEntries(OTHERS),
    "images/app/app.conf": null,
    "images/base/image.yaml": BASE,
    "images/server/image.yaml": IMAGE + TESTS,
    "images/server/serve": SERVER,
    "images/server/slow": "#!/bin/sh\nsleep 100\n",
    "images/server/httpd.conf": ".json:application/json\n",
    "images/server/www/hello.json": '{"a":"é","b":[1]}\n',
    // A second image that uses the same port at the same time.
    "images/server-2/image.yaml":
      IMAGE.replace("name: server", "name: server-2").replaceAll("path: ", "path: ../server/") + TESTS,
  });
});
test.after.each(async () => {
  assert.equal(readdirSync(catalogue.path(".slipway/tmp")), []);
  assert.is(await buildahIn(catalogue.path(".slipway/storage"), "containers", "--quiet"), "");
  assert.equal(await processesOf(catalogue.path(".slipway")), []);
  assert.equal(await processesOf("/srv/www"), [], "the servers' daemons");
  assert.equal(await containersIn(catalogue.path(".slipway/tmp")), []);
});
test.after(() => workspace.remove());

/** Changes the tests (the image stays), builds, and returns the report of the failure. */
async function failing(tests: string): Promise<string> {
  await catalogue.write("images/server/image.yaml", `${IMAGE}tests:\n${tests}`);
  const { stdout } = await catalogue.expect(1, ["build", "server"]);
  return stdout;
}

test("two servers with the same port at the same time answer, end as they should, and leave nothing behind", async () => {
  await catalogue.expect(0, ["build"]);
  const log = await readFile(catalogue.path(".slipway/logs/server.log"), "utf8");
  assert.match(log, /^up$/m);
  assert.match(log, /^bye from 12$/m);
});

test("a wrong answer: which request, what was expected and answered, and the server's output", async () => {
  const stdout = await failing(
    "  - { serve: { port: 8080 }, requests: [{ path: /hello.json }, { path: /hello.json?a=1, answer: { json: '{}' } }] }\n",
  );
  assert.match(stdout, /test "port 8080": request 2 \(GET \/hello\.json\?a=1\): body is not \{\}/);
  assert.match(stdout, /\| answered 200: \{"a":"é","b":\[1\]\}\n.*\| up$/m);
  assert.match(await failing("  - { serve: { port: 8080 }, requests: [{ path: /x }] }\n"), /status 404, expected 200/);
});

test("a port that no server listens on, and a line that is never printed", async () => {
  assert.match(
    await failing("  - { serve: { port: 8081 }, timeout: 1 }\n"),
    /not ready within 1 s: nothing listens on port 8081/,
  );
  assert.match(
    await failing("  - { serve: { port: 8080, ready: never }, timeout: 1 }\n"),
    /not ready within 1 s: it has not said "never"/,
  );
});

test("the server's output and exit code are compared with the expected ones", async () => {
  const serve = "serve: { port: 8080, ready: up }";
  assert.match(await failing(`  - { ${serve}, exit: 0 }\n`), /exit code 3 after SIGTERM, expected 0/);
  assert.match(await failing(`  - { ${serve}, stdout: hello }\n`), /stdout does not contain "hello"/);
  assert.match(await failing(`  - { ${serve}, stderr: hello }\n`), /stderr does not contain "hello"/);
});

test("a server that ends on its own, one that prints nothing, and one that does not end", async () => {
  const own = async (script: string, tests: string, code: number) => {
    const image = IMAGE.replace("[/srv/serve]", JSON.stringify(["/bin/sh", "-c", script]));
    await catalogue.write("images/server/image.yaml", `${image}tests:\n${tests}`);
    return (await catalogue.expect(code, ["build", "server"])).stdout;
  };
  const serve = "serve: { port: 8080 }";
  assert.match(
    await own("echo oh no; exit 5", `  - { ${serve} }\n`, 1),
    /the server ended with exit code 5 before it was ready\n.*\| oh no$/m,
  );
  const silent = "trap '' TERM; /bin/busybox httpd -p 8080 -h /srv/www; while :; do sleep 1; done";
  assert.match(
    await own(silent, `  - { ${serve}, timeout: 2, requests: [{ path: /cgi-bin/slow }] }\n`, 1),
    /no answer within the test's 2 s/,
  );
  await own(silent, `  - { ${serve} }\n`, 0);
});

test("Ctrl-C while a server is tested", async () => {
  await catalogue.write("images/server/image.yaml", `${IMAGE}tests:\n  - { serve: { port: 8081 }, timeout: 50 }\n`);
  const running = catalogue.start(["build", "server"], { group: true });
  await until("the server runs", async () =>
    (await processesOf(catalogue.path(".slipway"))).some((line) => line.includes("/srv/serve")),
  );
  signalGroup(running, "SIGINT");
  assert.is((await running.ended).code, 130);
});

test.run();
