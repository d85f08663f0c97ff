import { requiredApprovals } from "../../src/policy/required-approvals.js";
import { owners, type RolesFields, roles } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/required-approvals");

/** `kind role: owners ← paths` of each requirement; images/base/ is a base image. */
function needed(changes: readonly string[], fields: RolesFields = {}, prefix = ""): string[] {
  const isBaseImage = (path: string) => path.startsWith("images/base/");
  return requiredApprovals({ changes, roles: roles(fields), isBaseImage, prefix }).map(
    ({ kind, role, teams, users, paths }) => `${kind} ${role}: ${[...teams, ...users].join(" ")} ← ${paths.join(" ")}`,
  );
}

test("one approval for each kind, most demanding first, administrators always among the owners", () => {
  const changes = ["README.md", "images/b/x", "images/a/x", "images/base/x", "catalog/x", "slipway.yaml", ".github/x"];
  assert.equal(needed([...changes, "policies/roles.yaml", "images/a/x"]), [
    "policy administrator: acme/admins ← policies/roles.yaml",
    "workflow administrator: acme/admins ← .github/x",
    "settings administrator: acme/admins ← slipway.yaml",
    "approved-list administrator: acme/admins ← catalog/x",
    "base-image administrator: acme/admins ← images/base/x",
    "other administrator: acme/admins ← README.md",
    "image privileged-developer: acme/devs acme/admins ← images/a/x images/b/x",
  ]);
  assert.equal(needed([]), []);
});

test("roles.yaml says who approves images and the rest", () => {
  assert.equal(
    needed(["README.md", "images/a/x"], { kinds: { image: "administrator", other: "privileged-developer" } }),
    ["image administrator: acme/admins ← images/a/x", "other privileged-developer: acme/devs acme/admins ← README.md"],
  );
});

test("owners of paths: the last that matches, for images and the rest only", () => {
  const fields: RolesFields = {
    paths: [
      ["images/pay-*/", owners("@acme/payments")],
      ["images/pay-b/", owners("bob")],
      ["images/base/", owners("mallory")],
      ["docs/", owners("@acme/docs")],
      ["catalog/", owners("mallory")],
      ["images/one/file.txt", owners("carol")],
    ],
  };
  const changes = ["images/pay-a/x", "images/pay-b/x", "images/base/x", "docs/a/b.md", "catalog/x", "images/pay-c"];
  assert.equal(needed([...changes, "images/one/file.txt", "images/pay/x", "docs/CODEOWNERS"], fields), [
    "workflow administrator: acme/admins ← docs/CODEOWNERS",
    "approved-list administrator: acme/admins ← catalog/x",
    "base-image administrator: acme/admins ← images/base/x",
    "other administrator: acme/docs acme/admins ← docs/a/b.md",
    "image privileged-developer: acme/admins carol ← images/one/file.txt",
    "image privileged-developer: acme/payments acme/admins ← images/pay-a/x",
    "image privileged-developer: acme/admins bob ← images/pay-b/x",
    "image privileged-developer: acme/devs acme/admins ← images/pay-c images/pay/x",
  ]);
});

test("a lock belongs to who approves images, a base image's entry too; teams may own it together", () => {
  assert.equal(needed(["slipway.lock", "images/base/image.yaml"]), [
    "base-image administrator: acme/admins ← images/base/image.yaml",
    "image privileged-developer: acme/devs acme/admins ← slipway.lock",
  ]);
  const shared = owners("@acme/payments", "@acme/devs");
  const paths = [
    ["images/pay/", owners("@acme/payments")],
    ["slipway.lock", shared],
  ] as const;
  assert.equal(needed(["slipway.lock", "images/pay/image.yaml"], { paths }), [
    "image privileged-developer: acme/payments acme/admins ← images/pay/image.yaml",
    "image privileged-developer: acme/payments acme/devs acme/admins ← slipway.lock",
  ]);
});

test("a name is one owner, however it is written; without developers administrators remain", () => {
  const administrator = owners("@acme/admins", "Alice");
  assert.equal(needed(["images/a/x"], { administrator, developer: owners("alice") }), [
    "image privileged-developer: acme/admins alice ← images/a/x",
  ]);
  assert.equal(needed(["images/a/x"], { developer: owners() }), [
    "image privileged-developer: acme/admins ← images/a/x",
  ]);
});

test("a catalogue in a folder of its repository", () => {
  const fields: RolesFields = { paths: [["docs/", owners("carol")]] };
  const changes = ["c/images/base/x", "c/docs/x", "docs/x", "images/base/x", ".github/x", "c/policies/x", "policies/x"];
  assert.equal(needed(changes, fields, "c"), [
    "policy administrator: acme/admins ← c/policies/x",
    "workflow administrator: acme/admins ← .github/x",
    "base-image administrator: acme/admins ← c/images/base/x",
    "other administrator: acme/admins carol ← c/docs/x",
    "other administrator: acme/admins ← docs/x images/base/x policies/x",
  ]);
});

test.run();
