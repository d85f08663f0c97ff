import fc from "fast-check";
import { OWNED_PATH } from "../../../src/load/kinds/schema/forms/paths.js";
import { LOGIN, TEAM } from "../../../src/load/kinds/schema/forms/people.js";
import { assert, suite } from "../../support/suite.js";
import { loadFiles, removeTemporary } from "../temporary-catalogue.js";

const test = suite("load/kinds/roles");
test.after(removeTemporary);

const ADMINISTRATORS = "roles: { administrator: { users: [alice] } }\n";

const load = (text: string) => loadFiles({ "policies/roles.yaml": text });

/** What is said about roles.yaml: `line:column code: message`. */
async function said(text: string): Promise<string[]> {
  const { diagnostics } = await load(text);
  return diagnostics.map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
}

test("roles, who approves what, and owners of paths", async () => {
  const { catalogue, diagnostics } = await load(`kind: Roles
roles:
  administrator: { teams: [acme/image-admins], users: [alice] }
  privileged-developer: { teams: [acme/image-devs] }
  function-developer: { teams: [acme/functions] }
kinds: { image: administrator, other: privileged-developer }
paths:
  - { path: images/payments/, teams: [acme/payments] }
  - { path: "images/pay-*/", users: [bob] }
`);
  assert.equal(diagnostics, []);
  const { roles } = catalogue;
  assert.equal(
    [...(roles?.roles ?? [])],
    [
      ["administrator", { teams: ["acme/image-admins"], users: ["alice"] }],
      ["privileged-developer", { teams: ["acme/image-devs"], users: [] }],
      ["function-developer", { teams: ["acme/functions"], users: [] }],
    ],
  );
  assert.equal(roles?.kinds, { image: "administrator", other: "privileged-developer" });
  assert.equal(roles?.paths, [
    { path: "images/payments/", teams: ["acme/payments"], users: [], pointer: "/paths/0" },
    { path: "images/pay-*/", teams: [], users: ["bob"], pointer: "/paths/1" },
  ]);
  assert.is(roles?.source.at("/paths/1/path").line, 9);
});

test("what is left out has its default; without the file there are no roles", async () => {
  const { catalogue } = await load(ADMINISTRATORS);
  assert.equal(catalogue.roles?.kinds, { image: "privileged-developer", other: "administrator" });
  assert.equal([catalogue.roles?.paths, [...(catalogue.roles?.roles.keys() ?? [])]], [[], ["administrator"]]);
  const without = (await loadFiles({})).catalogue;
  assert.equal([without.roles, without.exceptions], [undefined, []]);
});

test("somebody has to be administrator", async () => {
  const nobody = "no-administrator: there is no administrator";
  assert.equal(await said("roles:\n  administrator: { teams: [] }\n"), [`2:3 ${nobody}`]);
  assert.equal(await said("roles:\n  administrator:\n"), [`2:3 ${nobody}`]);
  assert.equal(await said("roles: { privileged-developer: { users: [bob] } }\n"), [
    "1:8 missing-key: `administrator` is missing in `roles`",
  ]);
});

test("one person may have two roles", async () => {
  assert.equal(await said(`${ADMINISTRATORS.replace("}}", "")}`), []);
  assert.equal(await said("roles: { administrator: { users: [a] }, function-developer: { users: [a] } }\n"), []);
});

test("a path outside of the catalogue, or one that reaches what is administrators'", async () => {
  const wrong = {
    "/images/a": "is not a path inside of the catalogue",
    "../a": "is not a path inside of the catalogue",
    "images/../catalog/": "is not a path inside of the catalogue",
    "images/./a": "is not a path inside of the catalogue",
    "images//a": "is not a path inside of the catalogue",
    "catalog/": "reaches catalog/, which belongs to administrators",
    "catalog/system/debian.yaml": "reaches catalog/, which belongs to administrators",
    catalog: "reaches catalog/, which belongs to administrators",
    "c*/": "reaches catalog/, which belongs to administrators",
    "*/a": "reaches catalog/, which belongs to administrators",
    "policies/roles.yaml": "reaches policies/, which belongs to administrators",
    ".github/workflows/": "reaches .github/, which belongs to administrators",
    ".git*/": "reaches .github/, which belongs to administrators",
    "slipway.yaml": "reaches slipway.yaml, which belongs to administrators",
    "slipway.yml": "reaches slipway.yml, which belongs to administrators",
    "*.yaml": "reaches slipway.yaml, which belongs to administrators",
    CODEOWNERS: "reaches CODEOWNERS, which belongs to administrators",
    "docs/CODE*": "reaches docs/CODEOWNERS, which belongs to administrators",
  };
  for (const [path, message] of Object.entries(wrong)) {
    const found = await said(`${ADMINISTRATORS}paths:\n  - { path: "${path}", users: [bob] }\n`);
    assert.equal(found, [`3:13 protected-path: \`${path}\` ${message}`]);
  }
  for (const path of [
    "images/",
    "images/*/",
    "images/a/image.yaml",
    "docs/",
    "README.md",
    "*.md",
    "docs/*/a",
    "a b/",
  ]) {
    assert.equal(await said(`${ADMINISTRATORS}paths:\n  - { path: "${path}", users: [bob] }\n`), [], path);
  }
});

test("owners of a path are somebody", async () => {
  assert.equal(await said(`${ADMINISTRATORS}paths:\n  - { path: images/a/ }\n`), [
    "3:5 missing-key: one of `teams`, `users` is missing in `paths[0]`",
  ]);
});

const form = ({ pattern, maxLength }: { pattern: string; maxLength?: number }) => {
  const expression = new RegExp(pattern, "u");
  return (text: string) => expression.test(text) && text.length <= (maxLength ?? Number.POSITIVE_INFINITY);
};

test("logins and teams as GitHub has them, and nothing else", async () => {
  const isLogin = form(LOGIN);
  for (const login of ["a", "alice", "Alice-B", "a1-2-3", "x".repeat(39), "octo_acme"])
    assert.ok(isLogin(login), login);
  const wrong = ["", "-a", "a-", "a--b", "@alice", "a b", "a.b", "a/b", "x".repeat(40), "dependabot[bot]", "a\n", "_a"];
  for (const login of wrong) assert.not(isLogin(login), login);
  const isTeam = form(TEAM);
  for (const team of ["acme/image-admins", "Acme-1/a_b", "a/1"]) assert.ok(isTeam(team), team);
  for (const team of ["acme", "acme/", "/a", "acme/A b", "acme/a/b", "@acme/a", "acme/-a", "a--b/c", "acme/a\n"])
    assert.not(isTeam(team), team);
  assert.equal(await said("roles: { administrator: { users: ['renovate[bot]'] } }\n"), [
    "1:35 invalid-value: `roles.administrator.users[0]` must be a person's login: letters, digits and single hyphens, without `@`; not `renovate[bot]`",
  ]);
});

test("the forms are decided in no time, whatever the text", () => {
  fc.assert(
    fc.property(fc.constantFrom("a-", "a", "-", "_", "a_", "a/", "*", " ", "a*"), fc.nat(3), (part, more) => {
      // Long enough that an expression which goes back for each letter is not done before the runner ends the file.
      const text = part.repeat(1_000_000 + more);
      for (const { pattern } of [LOGIN, TEAM]) assert.not(new RegExp(pattern, "u").test(`${text}!`));
      assert.type(new RegExp(OWNED_PATH.pattern, "u").test(`${text}!`), "boolean");
    }),
    { numRuns: 20 },
  );
});

test("paths that CODEOWNERS would read otherwise are refused", () => {
  const isPath = form(OWNED_PATH);
  for (const path of ["images/a/", "images/a b/c", "images/pay-*/", "*.md", "ä/"]) assert.ok(isPath(path), path);
  const wrong = ["", "images/**/a", "images/*", "*", "a[bc]", "a?", "#a", "a\\ b", "a\nb", " a", "a ", "a\u202eb"];
  for (const path of wrong) assert.not(isPath(path), path);
});

test.run();
