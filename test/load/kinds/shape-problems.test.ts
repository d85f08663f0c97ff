import { assert, suite } from "../../support/suite.js";
import { loadFiles, removeTemporary } from "../temporary-catalogue.js";

const test = suite("load/kinds/shape-problems");
test.after(removeTemporary);

const IMAGE = "name: a\nversion: 1\nparent: b\n";

/** What is said about one file: `line:column code: message | hint`. */
async function said(text: string, path = "images/a/image.yaml"): Promise<string[]> {
  const { diagnostics } = await loadFiles({ [path]: text });
  return diagnostics.map(
    ({ line, column, code, message, hint }) =>
      `${line}:${column} ${code}: ${message}${hint === undefined ? "" : ` | ${hint}`}`,
  );
}

test("a mistyped key is one mistake, at the key, with the key that was meant", async () => {
  assert.equal(await said("name: a\nversion: 1\npaernt: b\n"), [
    "3:1 unknown-key: unknown key `paernt` | did you mean `parent`?",
  ]);
  assert.equal(await said("nmae: a\nversion: 1\nparent: b\n"), [
    "1:1 unknown-key: unknown key `nmae` | did you mean `name`?",
  ]);
});

test("a key that resembles none is answered with those there are", async () => {
  assert.equal(await said(`${IMAGE}run: {zzz: 1}\n`), [
    "4:7 unknown-key: unknown key `zzz` | the keys here are user, workdir, entrypoint, cmd, stopsignal, shell, healthcheck",
  ]);
});

test("missing and exclusive keys", async () => {
  assert.equal(await said("parent: b\n"), [
    "1:1 missing-key: `name` is missing",
    "1:1 missing-key: `version` is missing",
  ]);
  assert.equal(await said("name: a\nversion: 1\n"), [
    "1:1 missing-key: one of `parent`, `from`, `bootstrap` is missing",
  ]);
  assert.equal(await said(`${IMAGE}from: scratch\n`), [
    "4:1 exclusive-keys: `parent` and `from` exclude each other | keep one of them",
  ]);
  assert.equal(await said(`${IMAGE}system-packages: [a]\nphoton-packages: [b]\n`), [
    "5:1 exclusive-keys: `system-packages` and `photon-packages` exclude each other | keep one of them",
  ]);
  assert.equal(await said(`${IMAGE}artifacts:\n  - path: x\n`), [
    "5:5 missing-key: one of `target`, `dest` is missing in `artifacts[0]`",
  ]);
  assert.equal(await said(`${IMAGE}ports: [{}]\n`), [
    "4:9 missing-key: one of `port`, `value` is missing in `ports[0]`",
  ]);
});

test("types in words", async () => {
  assert.equal(await said(`${IMAGE}setup: x\n`), [
    "4:8 wrong-type: `setup` must be a list | it is a list of commands: `setup: [x]`",
  ]);
  assert.equal(await said(`${IMAGE}run: [x]\n`), [
    "4:6 wrong-type: `run` must be a mapping | commands that build the image are `setup: [command]`; `run` says how its containers run",
  ]);
  assert.equal(await said(`${IMAGE}env: x\n`), ["4:6 wrong-type: `env` must be a mapping or a list"]);
  assert.equal(await said(`${IMAGE}description: [x]\n`), ["4:14 wrong-type: `description` must be text"]);
  assert.equal(await said("- a\n"), ["1:1 wrong-type: the file must be a mapping"]);
  assert.equal(await said("text\n"), ["1:1 wrong-type: the file must be a mapping"]);
});

test("booleans and numbers are taken at their word", async () => {
  assert.equal(await said(`${IMAGE}metadata: {extendable: yes}\n`), [
    "4:24 invalid-value: `metadata.extendable` must be `true` or `false`; not `yes`",
  ]);
  const exit = "`tests[0].exit` must be a whole number from 0 to 255";
  assert.equal(await said(`${IMAGE}tests: [{command: x, exit: 256}]\n`), [`4:28 invalid-value: ${exit}; not \`256\``]);
  assert.equal(await said(`${IMAGE}tests: [{command: x, exit: 1e1}]\n`), [`4:28 invalid-value: ${exit}; not \`1e1\``]);
});

test("requests of tests", async () => {
  const request = (text: string) => said(`${IMAGE}tests: [{serve: {port: 80}, requests: [{${text}}]}]\n`);
  const place = "tests[0].requests[0]";
  assert.equal(await request("path: /"), []);
  assert.equal(await request("path: a"), [
    `4:47 invalid-value: \`${place}.path\` must be a path beginning with \`/\`, without spaces and fragment; not \`a\``,
  ]);
  assert.equal(await request("json: x, body: y"), [
    "4:50 exclusive-keys: `json` and `body` exclude each other | keep one of them",
  ]);
  assert.equal(await request("method: get"), [
    "4:49 invalid-value: `tests[0].requests[0].method` must be a method of HTTP in capitals, for instance `POST`, and not `CONNECT`; not `get`",
  ]);
  assert.equal(await request('headers: {"a:b": c}'), [
    "4:51 invalid-value: the key `a:b` must be the name of a header: letters, digits and `-`",
  ]);
  assert.equal(await said(`${IMAGE}tests: [{serve: {port: 0}}]\n`), [
    "4:24 invalid-value: `tests[0].serve.port` must be a whole number from 1 to 65535; not `0`",
  ]);
});

test("enumerations suggest the nearest", async () => {
  assert.equal(await said(`${IMAGE}kind: BaseImag\n`), [
    "4:7 invalid-value: `kind` must be `Image` or `BaseImage`; not `BaseImag` | did you mean `BaseImage`?",
  ]);
  assert.equal(await said("kind: SystemPackage\nos: debian\npackages: []\n", "catalog/system/debian.yaml"), [
    "1:7 invalid-value: `kind` must be `SystemPackages`; not `SystemPackage` | did you mean `SystemPackages`?",
  ]);
});

test("a union is measured against the form that was chosen", async () => {
  assert.equal(await said(`${IMAGE}system-packages: [{nam: x}]\n`), [
    "4:20 unknown-key: unknown key `nam` | did you mean `name`?",
  ]);
  assert.equal(await said(`${IMAGE}tests: [{file: /x, exist: true}]\n`), [
    "4:20 unknown-key: unknown key `exist` | did you mean `exists`?",
  ]);
  assert.equal(await said(`${IMAGE}tests: [{name: x}]\n`), ["4:9 missing-key: `command` is missing in `tests[0]`"]);
  assert.equal(await said(`${IMAGE}ports: [70000]\n`), [
    "4:9 invalid-value: `ports[0]` must be a port from 1 to 65535, with `/udp` or `/sctp` where it is not TCP; not `70000`",
  ]);
});

/** Text that would become something else where it ends; each of these must be refused at the value. */
const HOSTILE: readonly (readonly [place: string, value: string])[] = [
  ["name", "A"],
  ["name", "../a"],
  ["name", "-a"],
  ["version", '"1\\nRUN evil"'],
  ["version", "-1"],
  ["version", "1:2"],
  ["language", "../x"],
  ["os", "a/b"],
  ["from", "--platform=x"],
  ["from", '"a b"'],
  ["system-packages", "[--allow-unauthenticated]"],
  ["system-packages", '["a;b"]'],
  ["system-packages", "[$(x)]"],
  ["runtime-packages", "[{name: a, version: -1}]"],
  ["runtime-packages", '[{name: a, version: "1 2"}]'],
  ["env", '{"A=B": x}'],
  ["env", '{"A\\nB": x}'],
  ["env", '{A: "\\0"}'],
  ["env", '{A: "\\u202e"}'],
  ["labels", '{"a b": x}'],
  ["run", "{workdir: relative}"],
  ["run", "{workdir: /a/../b}"],
  ["run", '{workdir: "/$HOME"}'],
  ["run", '{user: "a b"}'],
  ["run", "{stopsignal: --x}"],
  ["volumes", "[relative]"],
  ["ports", "[0]"],
  ["ports", "[8080-8090]"],
  ["setup", '["a\\0b"]'],
  ["setup", '[""]'],
  ["setup", "[[]]"],
  ["setup", '["\\ud800"]'],
  ["artifacts", '[{path: x, target: "/a\\nb"}]'],
  ["artifacts", "[{path: x, target: /a, mode: u+s}]"],
  ["artifacts", "[{path: x, target: /a, owner: --x}]"],
  ["artifacts", "[{path: x, target: ../a, dest: /b}]"],
  ["artifacts", "[{path: x, dest: /b/../../c}]"],
];

test("values that would become something else are refused", async () => {
  for (const [key, value] of HOSTILE) {
    const fields: Record<string, string> = {
      name: "a",
      version: "1",
      [key === "from" ? "from" : "parent"]: "b",
      [key]: value,
    };
    const text = Object.entries(fields)
      .map(([name, field]) => `${name}: ${field}\n`)
      .join("");
    const lines = await said(text);
    assert.is(lines.length, 1, `${key}: ${value}: ${lines.join("; ")}`);
    assert.match(lines[0] ?? "", / invalid-value: /, `${key}: ${value}`);
  }
});

test("a name is at most 128 characters long", async () => {
  assert.equal(await said(`name: ${"a".repeat(128)}\nversion: 1\nparent: b\n`), []);
  assert.match(
    (await said(`name: ${"a".repeat(129)}\nversion: 1\nparent: b\n`))[0] ?? "",
    /`name` must be at most 128 characters long/,
  );
});

test("settings and lists", async () => {
  assert.equal(await said("platforms: [linux/amd64, linux/arm64]\n", "slipway.yaml"), [
    "1:12 invalid-value: `platforms` must have exactly one entry",
  ]);
  assert.equal(await said("registry: example.org\n", "slipway.yaml"), [
    "1:11 invalid-value: `registry` must be `oci:DIRECTORY` or `docker://HOST[:PORT][/PREFIX]`; not `example.org`",
  ]);
  assert.match(
    (await said("updates: { groups: { A: [x] } }\n", "slipway.yaml"))[0] ?? "",
    /1:22 invalid-value: .*lower-case letters and digits, joined by `-`/,
  );
  assert.match(
    (await said("updates: { limit: 101 }\n", "slipway.yaml"))[0] ?? "",
    /1:19 invalid-value: `updates.limit`/,
  );
  for (const minutes of ["0", "1441", "1.5", "1h"])
    assert.equal(await said(`builder: { timeout: ${minutes} }\n`, "slipway.yaml"), [
      `1:21 invalid-value: \`builder.timeout\` must be a whole number from 1 to 1440; not \`${minutes}\``,
    ]);
  assert.equal(await said("builder: { timeout: 1440 }\n", "slipway.yaml"), []);
  assert.match(
    (await said("bases: [{ref: a, digest: sha256:0}]\n", "catalog/bases.yaml"))[0] ?? "",
    /1:26 invalid-value: `bases\[0\].digest`/,
  );
});

test("a file with thousands of problems is summed up", async () => {
  const text = IMAGE + Array.from({ length: 5000 }, (_, index) => `key${index}: x\n`).join("");
  const lines = await said(text);
  assert.is(lines.length, 101);
  assert.match(lines[100] ?? "", /too-many-problems/);
});

test.run();
