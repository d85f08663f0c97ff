import type { CommandTest, FileTest, ImageTest, ServeTest, TestRequest } from "../../src/model/definition.js";
import type { BuildKey } from "../../src/model/names.js";
import { tagsOf, testsDigest } from "../../src/resolve/tags.js";
import { command } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/tags");

const KEY = `01234567${"a".repeat(56)}` as BuildKey;
const COMMAND: CommandTest = { type: "command", name: "c", command: command(["id"]), exit: 0, timeout: 60 };
const ANSWER = { status: 200, headers: {} };
const REQUEST: TestRequest = { method: "GET", path: "/", headers: { a: "1", b: "2" }, answer: ANSWER };
const SERVE: ServeTest = { type: "serve", name: "s", port: 80, requests: [REQUEST], timeout: 60 };
const asking = (fields: Partial<TestRequest>): ServeTest => ({ ...SERVE, requests: [{ ...REQUEST, ...fields }] });
const answered = (fields: object) => asking({ answer: { ...ANSWER, ...fields } });
const FILE: FileTest = { type: "file", name: "f", path: "/f", exists: true };

test("the key's tag and the pointers, the most general last", () => {
  const { key, tested, pointers } = tagsOf("1.1", KEY, "t", ["latest"]);
  assert.is(key, `k-${KEY}`);
  assert.match(tested, /^t-[0-9a-f]{64}$/);
  assert.equal(pointers, ["1.1-01234567", "1.1", "latest"]);
});

test("a tested tag belongs to one image and one set of tests", () => {
  const { tested } = tagsOf("1.1", KEY, "t", ["latest"]);
  assert.is(tagsOf("1.2", KEY, "t", ["latest"]).tested, tested);
  assert.is.not(tagsOf("1.1", KEY, "u", ["latest"]).tested, tested);
  assert.is.not(tagsOf("1.1", `f${KEY.slice(1)}` as BuildKey, "t", ["latest"]).tested, tested);
});

test("moving tags: others than latest, several, none, and one that the version is already", () => {
  const pointers = (...tags: readonly string[]) => tagsOf("1.1", KEY, "t", tags).pointers.slice(2);
  assert.equal(pointers("stable", "edge"), ["stable", "edge"]);
  assert.equal(pointers(), []);
  assert.equal(pointers("1.1", "1", "1", "1.1-01234567"), ["1"]);
});

test("every tag fits a registry", () => {
  const { key, tested, pointers } = tagsOf("9".repeat(100), KEY, "t", ["latest"]);
  for (const tag of [key, tested, ...pointers]) assert.match(tag, /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
});

const of = (tests: readonly ImageTest[], inherited = "") => testsDigest(inherited, tests);

test("a name is no demand, and neither is the order of fields", () => {
  assert.is(of([{ ...COMMAND, name: "other" }]), of([COMMAND]));
  assert.is(of([Object.fromEntries(Object.entries(COMMAND).reverse()) as unknown as CommandTest]), of([COMMAND]));
});

const DEMANDS: Record<string, ImageTest> = {
  exit: { ...COMMAND, exit: 1 },
  "the command": { ...COMMAND, command: command(["id", "-u"]) },
  "the command's form": { ...COMMAND, command: command("id") },
  stdout: { ...COMMAND, stdout: { equals: "0" } },
  stderr: { ...COMMAND, stderr: { equals: "0" } },
  "how stdout is compared": { ...COMMAND, stdout: { contains: "0" } },
  user: { ...COMMAND, user: "app" },
  timeout: { ...COMMAND, timeout: 61 },
  "a file instead": FILE,
  "no file": { ...FILE, exists: false },
  mode: { ...FILE, mode: "0644" },
  contains: { ...FILE, contains: "x" },
  "a server": SERVE,
  port: { ...SERVE, port: 81 },
  ready: { ...SERVE, ready: "up" },
  "what a server says": { ...SERVE, stdout: { contains: "x" } },
  "what a server complains about": { ...SERVE, stderr: { contains: "x" } },
  "a server's exit code": { ...SERVE, exit: 0 },
  "a server's time": { ...SERVE, timeout: 61 },
  "no request": { ...SERVE, requests: [] },
  method: asking({ method: "PUT" }),
  path: asking({ path: "/a" }),
  "a header that is sent": asking({ headers: { a: "1" } }),
  "a body that is sent": asking({ body: "" }),
  status: answered({ status: 404 }),
  "a header that is answered": answered({ headers: { a: { contains: "1" } } }),
  "a body that is answered": answered({ body: { contains: "1" } }),
  "JSON that is answered": answered({ json: "1" }),
};

test("the order of headers is no demand", () => {
  assert.is(of([asking({ headers: { b: "2", a: "1" } })]), of([SERVE]));
});

test("every demand counts", () => {
  const digests = Object.values(DEMANDS).map((demand) => of([demand]));
  assert.is(new Set([...digests, of([COMMAND])]).size, digests.length + 1);
});

test("the order of tests counts, and so do the ancestors' tests", () => {
  assert.is.not(of([COMMAND, FILE]), of([FILE, COMMAND]));
  assert.is.not(of([COMMAND], of([FILE])), of([COMMAND]));
  assert.is(of([], of([FILE])), of([FILE]), "an image without tests of its own has its parent's digest");
});

test.run();
