import type { AptBootstrap, Bootstrap, DnfBootstrap } from "../../src/model/definition.js";
import type { LockedPackage } from "../../src/model/lock.js";
import type { BuildKey, Platform } from "../../src/model/names.js";
import type { ContextEntry, Recipe, RecipePackage } from "../../src/model/recipe.js";
import { buildKey, type KeyInputs } from "../../src/resolve/key.js";
import { standInKeys } from "../../src/resolve/plan.js";
import { textOnly } from "../support/containerfile-from.js";
import { digest, image } from "../support/definitions.js";
import { desired } from "../support/desired.js";
import { locked } from "../support/lock.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/key");

const ENTRY: ContextEntry = { path: "artifacts/0/a", mode: "100644", from: "images/x/a", content: "a".repeat(64) };
const PACKAGE: RecipePackage = {
  kind: "system",
  manager: "apt",
  name: "curl",
  version: "7.88.*",
  approved: ["7.88.*"],
  argument: "curl=7.88.*",
};
const BOOTSTRAP: AptBootstrap = {
  manager: "apt",
  suite: "bookworm",
  variant: "minbase",
  packages: ["tzdata", "adduser"],
};
const RECIPE: Recipe = {
  containerfile: textOnly("FROM scratch\n", BOOTSTRAP),
  context: [ENTRY, { ...ENTRY, path: "artifacts/0/b", content: "b".repeat(64) }],
  packages: [PACKAGE, { ...PACKAGE, name: "jq" }],
};
const DNF: DnfBootstrap = {
  manager: "dnf",
  repositories: [{ name: "r", url: "https://r.example/" }],
  releasever: "5",
  packages: ["tdnf", "bash"],
};
const INPUTS: KeyInputs = {
  recipe: RECIPE,
  parents: [digest("c")],
  platform: "linux/amd64" as Platform,
  builderRevision: 1,
  rebuildNonce: "n",
};

const key = (change: Partial<KeyInputs> = {}) => buildKey({ ...INPUTS, ...change });
const keyOfBootstrap = (bootstrap?: Bootstrap) => keyOfRecipe({ containerfile: textOnly("FROM scratch\n", bootstrap) });
const keyOfRecipe = (change: Partial<Recipe>) => key({ recipe: { ...RECIPE, ...change } });

test("a fixed key: its format is a promise to every registry", () => {
  // When this fails, old keys name images that would be built differently now, or every image is rebuilt for nothing.
  // If that is meant, raise KEY_FORMAT in src/resolve/key.ts, and only then write the new key here.
  assert.is(key(), "91e5f5b1ba558dc6272a4b1add894123869bd2a822b9acd6de97af9f589b4416");
});

const LOCKED = [locked("curl", "7.88.1"), locked("jq", "1.6", { stage: "build" })];

type Change = Omit<Partial<Recipe>, "locked"> & { readonly locked?: readonly LockedPackage[] };

test("locked: the packages that are installed, in any order, in place of what is approved", () => {
  const lock = ({ locked: packages = LOCKED, ...change }: Change) => keyOfRecipe({ ...change, locked: { packages } });
  // As above: a promise.
  assert.is(lock({}), "2fc88fee5ca6f9b2b9442d0c8518a68ddd4420d1e8f16364a14209a54b78aec8");
  assert.is.not(lock({}), key());
  assert.is(lock({ locked: [...LOCKED].reverse() }), lock({}));
  assert.is(lock({ packages: [{ ...PACKAGE, approved: ["7.*"] }] }), lock({}));
  assert.is(lock({ locked: LOCKED.map((entry) => ({ ...entry, why: ["x"], license: "MIT" })) }), lock({}));
  for (const change of [
    { version: "2" },
    { sha256: "b".repeat(64) },
    { name: "x" },
    { stage: "x" },
    { manager: "pip" },
  ])
    assert.is.not(
      lock({ locked: [{ ...locked("curl", "7.88.1"), ...change } as LockedPackage] }),
      lock({ locked: LOCKED.slice(0, 1) }),
    );
  assert.is.not(lock({ locked: [] }), key());
  assert.is(lock({ locked: [], packages: [] }), keyOfRecipe({ packages: [] }), "nothing is installed either way");
});

const [first, second] = RECIPE.context as [ContextEntry, ContextEntry];
const DIFFERENT: Record<string, BuildKey> = {
  "the Containerfile": keyOfRecipe({ containerfile: textOnly("FROM scratch\nUSER a\n", BOOTSTRAP) }),
  "a path of the context": keyOfRecipe({ context: [{ ...first, path: "artifacts/0/c" }, second] }),
  "a file's mode": keyOfRecipe({ context: [{ ...first, mode: "100755" }, second] }),
  "a file's permissions": keyOfRecipe({ context: [{ ...first, permissions: "0600" }, second] }),
  "a file's content": keyOfRecipe({ context: [{ ...first, content: "0".repeat(64) }, second] }),
  "one file less": keyOfRecipe({ context: [first] }),
  "the content of two files swapped": keyOfRecipe({
    context: [
      { ...first, content: second.content },
      { ...second, content: first.content },
    ],
  }),
  "no bootstrap": keyOfBootstrap(),
  "a bootstrap by dnf": keyOfBootstrap(DNF),
  "the release of a bootstrap": keyOfBootstrap({ ...DNF, releasever: "6" }),
  "a repository's URL": keyOfBootstrap({ ...DNF, repositories: [{ name: "r", url: "https://s.example/" }] }),
  "a repository's key": keyOfBootstrap({
    ...DNF,
    repositories: [{ name: "r", url: "https://r.example/", gpgkey: "https://r.example/K" }],
  }),
  "the suite": keyOfBootstrap({ manager: "apt", suite: "trixie", variant: "minbase", packages: [] }),
  "the variant": keyOfBootstrap({ manager: "apt", suite: "bookworm", variant: "apt", packages: [] }),
  "bootstrap packages": keyOfBootstrap({ manager: "apt", suite: "bookworm", variant: "minbase", packages: [] }),
  "what is approved for a package without an exact version": keyOfRecipe({
    packages: [{ ...PACKAGE, approved: ["7.88.*", "8.*"] }],
  }),
  "the kind of such a package": keyOfRecipe({ packages: [{ ...PACKAGE, kind: "runtime" }] }),
  "the parent's image ID": key({ parents: [digest("d")] }),
  "no parent": key({ parents: [] }),
  "another parent more": key({ parents: [digest("c"), digest("c")] }),
  "the platform": key({ platform: "linux/arm64" as Platform }),
  "the builder's revision": key({ builderRevision: 2 }),
  "the rebuild nonce": key({ rebuildNonce: "m" }),
  "no nonce": key({ rebuildNonce: undefined }),
};

for (const [what, other] of Object.entries(DIFFERENT))
  test(`${what} changes the key`, () => assert.is.not(other, key()));

test("all these keys differ from each other", () => {
  assert.is(new Set(Object.values(DIFFERENT)).size, Object.keys(DIFFERENT).length);
});

test("order is no difference: context, packages, approved versions, bootstrap packages", () => {
  assert.is(keyOfRecipe({ context: [second, first] }), key());
  assert.is(keyOfRecipe({ packages: [...RECIPE.packages].reverse() }), key());
  const bootstrap = { manager: "apt", suite: "bookworm", variant: "minbase", packages: ["adduser", "tzdata"] } as const;
  assert.is(keyOfBootstrap(bootstrap), key());
  const swapped = { ...DNF, packages: ["bash", "tdnf"] };
  assert.is(keyOfBootstrap(swapped), keyOfBootstrap(DNF));
  const approving = (approved: string[]) => keyOfRecipe({ packages: [{ ...PACKAGE, approved }] });
  assert.is(approving(["8.*", "7.88.*"]), approving(["7.88.*", "8.*"]));
});

test("the order of parents is one", () => {
  assert.is.not(key({ parents: [digest("c"), digest("d")] }), key({ parents: [digest("d"), digest("c")] }));
});

test("where a file comes from is no input, and neither is the list behind an exact version", () => {
  assert.is(keyOfRecipe({ context: [{ ...first, from: "elsewhere" }, second] }), key());
  const exact = { ...PACKAGE, version: "7.88.1", argument: "curl=7.88.1" };
  assert.is(
    keyOfRecipe({ packages: [{ ...exact, approved: ["7.88.1"] }] }),
    keyOfRecipe({ packages: [{ ...exact, approved: ["7.*", "8.*"] }] }),
  );
});

test("name, version, description, tests and metadata are no inputs", () => {
  const keys = [
    image("a"),
    image("b"),
    image("a", { version: "2.0" }),
    image("a", { description: "text" }),
    image("a", { metadata: { role: "r", author: "x", extendable: false } }),
    image("a", { tests: [{ type: "file", name: "t", path: "/x", exists: true }] }),
  ].flatMap((definition) => [...standInKeys(desired([definition])).values()]);
  assert.is(new Set(keys).size, 1);
});

test("a key is 64 hexadecimal digits", () => assert.match(key(), /^[0-9a-f]{64}$/));

test("a network is an input where it is another one than the packages need; where packages come from never is", () => {
  assert.is(keyOfRecipe({ network: "none" }), keyOfRecipe({}));
  assert.is(keyOfRecipe({ packageSources: { managers: ["apt"], hosts: [] } }), keyOfRecipe({}));
  const keys = [keyOfRecipe({}), keyOfRecipe({ network: "packages" }), keyOfRecipe({ network: "host" })];
  assert.is(new Set(keys).size, 3);
});

test.run();
