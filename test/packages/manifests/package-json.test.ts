import { jsonPlaces } from "../../../src/packages/manifests/json-places.js";
import { readPackageJson } from "../../../src/packages/manifests/package-json.js";
import { asked, refused } from "../../support/manifests.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/manifests/package-json");

const lock = (packages: object, version = 3) => ({
  "package-lock.json": JSON.stringify({ lockfileVersion: version, packages }),
});

test("dependencies with their places; what is only for development is not installed", () => {
  const text = `{
  "name": "app", "scripts": { "start": "node .", "test": "uvu" },
  "dependencies": {
    "express": "4.18.2",
    "@types/node": "^20.1.0", "any": "*", "tag": "latest", "or": "1.x || >=2 <3"
  },
  "devDependencies": { "uvu": "git+https://git.example/uvu" },
  "optionalDependencies": { "fsevents": "~2.3.2" }
}`;
  assert.equal(asked(readPackageJson, text), [
    "4:5 express =4.18.2",
    "5:5 @types/node ^20.1.0",
    "5:31 any",
    "5:43 tag latest",
    "5:60 or 1.x || >=2 <3",
    "8:29 fsevents ~2.3.2 ?",
  ]);
});

test("a lock file says the version", () => {
  const text = '{"dependencies": {"a": "^1.0.0", "@s/b": "*"}}';
  const locked = lock({
    "": { name: "x" },
    "node_modules/a": { version: "1.2.3", resolved: "https://npm.example/a/-/a-1.2.3.tgz" },
    "node_modules/@s/b": { version: "2.0.0" },
    "node_modules/a/node_modules/@s/b": { version: "1.0.0" },
  });
  assert.equal(asked(readPackageJson, text, locked), ["1:19 a =1.2.3", "1:34 @s/b =2.0.0"]);
});

test("what is not a package of a registry is refused at its place", () => {
  for (const range of [
    "git+ssh://git.example/a",
    "https://evil.example/a.tgz",
    "file:../a",
    "owner/a",
    "npm:b@1",
    "link:../a",
    "workspace:*",
    1,
  ]) {
    const text = `{"dependencies":\n {"a": ${JSON.stringify(range)}}}`;
    assert.match(refused(readPackageJson, text).join(), /^2:3 `.*` is not a version of `a`/, String(range));
  }
});

test("fields by which npm would install or run something else are refused", () => {
  for (const key of ["peerDependencies", "overrides", "workspaces"])
    assert.match(refused(readPackageJson, `{\n "${key}": {}}`).join(), `2:2 \`${key}\` is not passed on`);
  assert.match(refused(readPackageJson, '{"scripts": {"postinstall": "id"}}').join(), "1:14 npm would run the script");
  assert.match(refused(readPackageJson, '{"scripts": {"\\u0070repare": "id"}}').join(), "the script `prepare`");
});

test("a lock file that takes something from elsewhere, or of another version", () => {
  const text = '{"dependencies": {"a": "1.0.0"}}';
  const problem = (packages: object, version?: number) =>
    refused(readPackageJson, text, lock(packages, version)).join();
  assert.match(
    problem({ "node_modules/a": { resolved: "git+ssh://git@git.example/a.git#abc" } }),
    "takes `node_modules/a` from `git",
  );
  assert.match(problem({ "node_modules/a": { resolved: "file:a.tgz" } }), "from `file:a.tgz`");
  assert.match(
    problem({
      "node_modules/a": { resolved: "https://npm.example/a/-/a-1.0.0.tgz", version: "1.0.0", link: true },
      a: {},
    }),
    "takes `node_modules/a` from",
  );
  const archive = (resolved: string, more = {}) =>
    problem({ "node_modules/a": { version: "1.0.0", resolved, ...more } });
  assert.is(archive("https://npm.example/path/a/-/a-1.0.0.tgz"), "");
  for (const other of ["b/-/b-1.0.0.tgz", "a/-/a-1.0.1.tgz", "a.tgz", "x?/a/-/a-1.0.0.tgz", "x#/a/-/a-1.0.0.tgz"])
    assert.match(archive(`https://evil.example/${other}`), "takes `node_modules/a` from", other);
  assert.match(
    archive("https://npm.example/b/-/b-1.0.0.tgz", { name: "b" }),
    "1:19 package-lock.json takes `b` for `a`",
  );
  const scoped = { "node_modules/@s/b": { version: "1.0.0", resolved: "https://npm.example/@s%2fb/-/b-1.0.0.tgz" } };
  assert.is(problem(scoped), "");
  assert.match(problem({}, 1), "has no version 2 or 3");
  assert.match(refused(readPackageJson, text, { "package-lock.json": "[" }).join(), "is not a JSON object");
});

test("names that JavaScript knows are names like others", () => {
  const text = '{"dependencies": {"__proto__": "1.0.0", "constructor": "2.0.0"}, "__proto__": {"overrides": {}}}';
  assert.equal(asked(readPackageJson, text), ["1:19 __proto__ =1.0.0", "1:41 constructor =2.0.0"]);
  assert.is(({} as { overrides?: object }).overrides, undefined);
});

test("what is no JSON object", () => {
  for (const text of ["", "[]", "null", "{", '"a"', "[".repeat(500_000)])
    assert.equal(refused(readPackageJson, text), [
      "1:1 package.json is not a JSON object (npm would refuse it as well)",
    ]);
});

test("places of keys, however deep the rest is", () => {
  const text = `{"a":{"b":{"c":1,"d/e":[1,{"x":2}]}},"f":${'{"g":'.repeat(2000)}1${"}".repeat(2000)}}`;
  const places = jsonPlaces(text);
  assert.equal([places.get("/a/b/c"), places.get("/a/b/d~1e"), places.get("/f")], [11, 17, 37]);
  assert.not([...places.keys()].some((pointer) => pointer.split("/").length > 4));
});

test.run();
