import type { ImageDefinition } from "../../src/model/definition.js";
import type { Desired } from "../../src/model/desired.js";
import type { LockedPackage } from "../../src/model/lock.js";
import { packageDiff } from "../../src/resolve/package-diff.js";
import { withLocked } from "../../src/resolve/with-locked.js";
import { type CatalogueFields, image, imageName } from "../support/definitions.js";
import { desired } from "../support/desired.js";
import { locked } from "../support/lock.js";
import { assert, suite } from "../support/suite.js";

const test = suite("packages before and after");

const LISTS: CatalogueFields = {
  system: { debian: { curl: ["7.88.*"], jq: [], git: ["1:2.39.*", "1:2.40.*"], tini: [] } },
};

function diff(before: readonly ImageDefinition[], after: readonly ImageDefinition[], name: string, lists = LISTS) {
  const found = packageDiff(desired(before, LISTS), desired(after, lists), imageName(name));
  const words = (changes: (typeof found)["added"]) =>
    changes.map(({ name: of, from, to }) => `${of} ${from ?? ""}>${to ?? ""}`);
  return [words(found.added), words(found.removed), words(found.changed)];
}

const packages = (...names: readonly string[]) => ({ system: names });

test("added, removed, changed", () => {
  const before = [image("a", packages("curl", "jq"))];
  const after = [image("a", packages("jq", "git"))];
  assert.equal(diff(before, after, "a"), [["git >1:2.39.* or 1:2.40.*"], ["curl 7.88.*>"], []]);
  const lists = { system: { debian: { curl: ["8.*"], jq: [], git: [], tini: [] } } };
  assert.equal(diff(before, before, "a", lists), [[], [], ["curl 7.88.*>8.*"]]);
  assert.equal(diff(before, before, "a"), [[], [], []]);
});

test("what an ancestor asks for counts, once", () => {
  const child = image("b", { parent: "a", ...packages("tini") });
  const before = [image("a", packages("jq")), child];
  const after = [image("a", packages("jq", "curl", "tini")), child];
  assert.equal(diff(before, after, "b"), [["curl >7.88.*"], [], []]);
});

test("an image that was not there has only added packages, one that goes only removed ones", () => {
  const two = [image("a", packages("jq")), image("b", { parent: "a", ...packages("tini") })];
  const one = [image("a", packages("jq"))];
  assert.equal(diff(one, two, "b"), [["jq >any version", "tini >any version"], [], []]);
  assert.equal(diff(two, one, "b"), [[], ["jq any version>", "tini any version>"], []]);
});

test("locked on both sides: what is installed, with all that comes along", () => {
  const tree = desired([image("a", packages("jq")), image("b", { parent: "a", ...packages("tini") })], LISTS);
  const lock = (closures: Readonly<Record<string, readonly LockedPackage[]>>): Desired => ({
    ...tree,
    images: new Map(
      [...tree.images].map(([name, each]) => [
        name,
        closures[name] ? withLocked(each, { packages: closures[name] }) : each,
      ]),
    ),
  });
  const of = (before: Desired, after: Desired) => {
    const { added, removed, changed } = packageDiff(before, after, imageName("b"));
    return [added, removed, changed].map((list) => list.map(({ name, from, to }) => `${name} ${from}>${to}`));
  };
  const jq = [locked("jq", "1.6"), locked("libonig5", "6.9", { why: ["jq"] })];
  const before = lock({ a: jq, b: [locked("tini", "1"), locked("x", "1"), locked("cc", "1", { stage: "build" })] });
  const after = lock({ a: [...jq.slice(0, 1), locked("libjq1", "1.6", { why: ["jq"] })], b: [locked("tini", "2")] });
  assert.equal(of(before, after), [["libjq1 null>1.6"], ["libonig5 6.9>null", "x 1>null"], ["tini 1>2"]]);
  // With one image of the chain open, only what is asked for can be compared.
  assert.equal(of(before, lock({ b: [locked("tini", "2")] })), [[], [], []]);
  assert.equal(of(tree, after), [[], [], []]);
});

test.run();
