import { TestCatalogue } from "../support/catalogue.js";
import { assert, suite } from "../support/suite.js";
import { Workspace } from "../support/workspace.js";

const test = suite("policy test");
let workspace: Workspace;
let catalogue: TestCatalogue;

test.before(async () => {
  workspace = await Workspace.create();
});
test.before.each(async () => {
  catalogue = await TestCatalogue.create(workspace, "catalogue", {
    "policies/packages.yaml":
      "kind: PackagePolicy\napproval: { system: closure }\nforbidden: [{ name: 'gcc*', os: debian, reason: No compilers. }]\n",
    "policies/images.yaml": "kind: ImagePolicy\nuser: { root: deny, level: warn }\n",
  });
});
test.after.each(() => catalogue.delete("."));
test.after(() => workspace.remove());

const FILE = "policies/tests/a.yaml";
const tests = (...cases: readonly string[]) =>
  catalogue.write(FILE, `kind: PolicyTests\ntests:\n${cases.map((each) => `  - ${each}\n`).join("")}`);

const GCC = "{ type: deb, name: gcc-12, version: 12.2, why: needed }";
const SMUGGLED =
  "{ name: smuggled, image: { parent: base, system-packages: [jq] }, contents: [{ type: deb, name: nc, version: 1, why: unasked }], expect: [package-unasked] }";

test("all cases as expected: inline definitions, contents, images of the catalogue", async () => {
  await tests(
    `{ name: a compiler, image: { parent: base }, contents: [${GCC}], expect: [package-forbidden, package-not-approved], warn: [root-user] }`,
    SMUGGLED,
    "{ name: no user, image: { parent: base, run: { user: app } }, expect: allowed, warn: [] }",
    "{ name: as it is, image: app, expect: allowed }",
    "{ name: a base, image: { kind: BaseImage, from: nowhere.example/a }, expect: [unknown-base] }",
    "{ name: no parent, image: { parent: nobody }, expect: [unknown-parent] }",
  );
  const { stdout } = await catalogue.expect(0, ["policy", "test"]);
  const names = ["a compiler", "smuggled", "no user", "as it is", "a base", "no parent"];
  assert.is(stdout, `${names.map((name) => `ok      ${name}\n`).join("")}6 tests, all as expected.\n`);
  assert.is(
    (await catalogue.expect(0, ["validate"])).stdout.includes("6 images"),
    true,
    "validate knows nothing of them",
  );
});

test("a failing case shows where, what was expected, what was found, and why", async () => {
  await tests(
    SMUGGLED,
    `{ name: a compiler, image: { parent: base }, contents: [${GCC}], expect: allowed, warn: [] }`,
    "{ name: mistyped, image: apq, expect: allowed }",
  );
  const { stdout } = await catalogue.expect(3, ["policy", "test"]);
  assert.is(
    stdout.replace(/\n\n[\s\S]*?\n\n(?=not|3)/g, "\n…\n"),
    `ok      smuggled
not ok  a compiler
        ${FILE}:4:5
        expected allowed; no warnings
        found    package-forbidden, package-not-approved; warnings: root-user
…
not ok  mistyped
        ${FILE}:5:5
        expected allowed
        found    unknown-image
…
3 tests, 2 not as expected.
`,
  );
  assert.match(stdout, `        ${FILE}:4:32: error package-forbidden: gcc-12 12.2 is forbidden: No compilers.`);
  assert.match(stdout, "        hint: did you mean `app`?");
});

test("--json, and only the named files", async () => {
  await tests(SMUGGLED);
  await catalogue.write(
    "policies/tests/b.yaml",
    "kind: PolicyTests\ntests: [{ name: b, image: app, expect: [cycle] }]\n",
  );
  interface Document {
    readonly tests: readonly Record<string, unknown>[];
  }
  const all = await catalogue.json<Document>(["policy", "test"], 3);
  assert.equal(
    all.tests.map(({ name, file, line, ok, expected, found }) => [name, file, line, ok, expected, found]),
    [
      ["smuggled", FILE, 3, true, ["package-unasked"], ["package-unasked"]],
      ["b", "policies/tests/b.yaml", 2, false, ["cycle"], []],
    ],
  );
  assert.equal(
    (await catalogue.json<Document>(["policy", "test", catalogue.path(FILE)])).tests.map(({ name }) => name),
    ["smuggled"],
  );
  const { stderr } = await catalogue.expect(2, ["policy", "test", catalogue.path("policies/images.yaml")]);
  assert.match(
    stderr,
    "policies/images.yaml holds no policy tests\nhint: there are policies/tests/a.yaml, policies/tests/b.yaml",
  );
});

test("without cases, and with broken ones", async () => {
  assert.match((await catalogue.expect(2, ["policy", "test"])).stderr, "there are no policy tests");
  await tests("{ name: a, image: { parent: base, colour: red }, expect: maybe }");
  const { stderr, stdout } = await catalogue.expect(3, ["policy", "test"]);
  assert.is(stdout, "");
  assert.match(stderr, `${FILE}:3:39: error unknown-key: unknown key \`colour\``);
  assert.match(stderr, "error invalid-value: `tests[0].expect` must be `allowed`, or a list of codes");
  assert.match(stderr, "slipway: the policies themselves have problems");
  await catalogue.expect(3, ["validate"]);
});

test.run();
