import type { ImageDefinition } from "../../src/model/definition.js";
import type { Desired } from "../../src/model/desired.js";
import type { LockedPackage } from "../../src/model/lock.js";
import type { Platform } from "../../src/model/names.js";
import { planBetween } from "../../src/resolve/plan.js";
import { withLocked } from "../../src/resolve/with-locked.js";
import { textOnly } from "../support/containerfile-from.js";
import { type CatalogueFields, command, digest, type ImageFields, image, module } from "../support/definitions.js";
import { desired, desiredImage } from "../support/desired.js";
import { locked } from "../support/lock.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/reasons");

const LISTS: CatalogueFields = {
  system: { debian: { curl: ["7.88.*"], jq: [], git: ["1:2.39.*", "1:2.40.*"], adduser: [], tzdata: [] } },
  runtime: { python3: { flask: ["2.*"] } },
  files: { "f.txt": "one", "g.txt": "one" },
};

type Tree = readonly [images: readonly ImageDefinition[], fields?: CatalogueFields | undefined];

/** What a change plans: `action name: CODE detail [via …]`. */
function change([before, fields]: Tree, [after, others]: Tree): string[] {
  const plan = planBetween(desired(before, { ...LISTS, ...fields }), desired(after, { ...LISTS, ...others }));
  return plan.steps.map(({ action, image: name, reasons }) => {
    const why = reasons.map(
      ({ code, detail, via }) => `${code} ${detail}${via.length > 0 ? ` [${via.join(" ")}]` : ""}`,
    );
    return `${action} ${name}: ${why.join("; ")}`;
  });
}

/** The reasons of a change to one image that has nothing below it. */
function reasons(before: ImageFields, after: ImageFields, fields?: CatalogueFields, others = fields): string[] {
  return change([[image("a", before)], fields], [[image("a", after)], others]);
}

test("NEW and REMOVED", () => {
  assert.equal(change([[]], [[image("a")]]), ["build a: NEW is not in the base"]);
  assert.equal(change([[image("a")]], [[]]), [
    "delete a: REMOVED no longer defined; its tags stay until they are pruned",
  ]);
});

test("DEFINITION names the fields", () => {
  const after: ImageFields = {
    env: { A: "1" },
    labels: { l: "1" },
    ports: ["80/tcp"],
    volumes: ["/v"],
    setup: ["true"],
    user: "u",
  };
  assert.equal(reasons({}, after), ["build a: DEFINITION env, labels, ports, volumes, setup, run"]);
  assert.equal(reasons({}, { bootstrap: { suite: "trixie" } }), ["build a: DEFINITION bootstrap"]);
});

test("PACKAGE: added, removed, and asked for in another version", () => {
  assert.equal(reasons({}, { system: ["curl"] }), ["build a: PACKAGE curl 7.88.* added"]);
  assert.equal(reasons({}, { system: ["jq"] }), ["build a: PACKAGE jq added"]);
  assert.equal(reasons({ system: ["curl"] }, {}), ["build a: PACKAGE curl removed"]);
  assert.equal(reasons({ system: ["curl 7.88.1"] }, { system: ["curl 7.88.2"] }), [
    "build a: PACKAGE curl 7.88.1 → 7.88.2",
  ]);
  assert.equal(reasons({ language: "python3" }, { language: "python3", runtime: ["flask"] }), [
    "build a: PACKAGE flask 2.* added",
  ]);
});

test("PARENT with the way from the cause, and together with a cause of its own", () => {
  const tree = (env: string, own: string) =>
    [
      [image("a", { env: { A: env } }), image("b", { parent: "a" }), image("c", { parent: "b", env: { C: own } })],
    ] as const;
  assert.equal(change(tree("1", "1"), tree("2", "1")), [
    "build a: DEFINITION env",
    "pending b: PARENT a: DEFINITION env [a]",
    "pending c: PARENT a: DEFINITION env [a b]",
  ]);
  assert.equal(
    change(tree("1", "1"), tree("2", "2")).at(-1),
    "build c: DEFINITION env; PARENT a: DEFINITION env [a b]",
  );
});

test("ARTIFACT: content, more files, and a target", () => {
  const artifacts = [{ path: "f.txt", target: "/srv/" }];
  const edited = { files: { "f.txt": "two", "g.txt": "one" } };
  assert.equal(reasons({ artifacts }, { artifacts }, {}, edited), ["build a: ARTIFACT f.txt"]);
  const both = [...artifacts, { path: "g.txt", target: "/srv/" }];
  assert.equal(reasons({}, { artifacts: both }), ["build a: ARTIFACT f.txt and 1 more; DEFINITION artifacts"]);
  assert.equal(reasons({ artifacts }, { artifacts: [{ path: "f.txt", target: "/opt/" }] }), [
    "build a: DEFINITION artifacts",
  ]);
});

test("ARTIFACT: a renamed link gives a file another name in the image and changes nothing else", () => {
  const before = desired([image("a", { artifacts: [{ path: "f.txt", target: "/srv/" }] })], LISTS);
  const old = desiredImage(before, "a");
  const context = old.recipe.context.map((entry) => ({ ...entry, path: "artifacts/0/other" }));
  const renamed = new Map([[old.node.name, { ...old, recipe: { ...old.recipe, context } }]]);
  const { steps } = planBetween(before, { ...before, images: renamed });
  assert.equal(
    steps.map(({ reasons: [why] }) => why),
    [{ code: "ARTIFACT", detail: "the names of files in the image", via: [] }],
  );
});

test("BASE_DIGEST", () => {
  const bases = (digit: string) => ({ bases: [{ ref: "example.org/os:1", digest: digest(digit), os: "debian" }] });
  const from = { from: "example.org/os:1" };
  assert.equal(reasons(from, from, bases("a"), bases("b")), [
    "build a: BASE_DIGEST example.org/os is now sha256:bbbbbbbbbbbb…",
  ]);
});

test("BASE_DIGEST of what a stage starts from; another entry of the list is no difference", () => {
  const bases = (digit: string, ...more: readonly string[]) => ({
    bases: [...more, "example.org/os:1"].map((ref) => ({ ref, digest: digest(digit), os: "debian" })),
  });
  const stage = { name: "s", from: "example.org/os:1" };
  assert.equal(reasons({ stages: [stage] }, { stages: [stage] }, bases("a"), bases("b")), [
    "build a: BASE_DIGEST example.org/os is now sha256:bbbbbbbbbbbb…",
  ]);
  assert.equal(
    reasons({ stages: [stage] }, { stages: [stage], env: { A: "1" } }, bases("a"), bases("a", "example.org/another")),
    ["build a: DEFINITION env"],
  );
});

test("DEFINITION names stages and modules, and not what is only rearranged in them", () => {
  const stage = { name: "s", from: "scratch" };
  const copy = { artifacts: [{ type: "image", image: "s", path: "/x", target: "/x" }] } as const;
  assert.equal(reasons({}, { stages: [stage] }), ["build a: DEFINITION stages"]);
  assert.equal(reasons({ stages: [stage] }, { stages: [{ ...stage, env: { A: "1" } }] }), [
    "build a: DEFINITION stages",
  ]);
  assert.equal(reasons({ stages: [stage] }, { stages: [stage], ...copy }), ["build a: DEFINITION artifacts"]);
  const modules = (fields: ImageFields) => ({ modules: [module("m", "1", fields)] });
  const uses = { modules: ["m"] };
  assert.equal(reasons(uses, uses, modules({}), modules({ env: { A: "1" } })), ["build a: DEFINITION modules"]);
  assert.equal(reasons({}, uses, modules({ setup: ["x"] })), ["build a: DEFINITION modules"]);
  assert.equal(reasons(uses, uses, modules({ system: ["jq"] }), modules({ system: ["curl"] })), [
    "build a: PACKAGE curl 7.88.* added; PACKAGE jq removed",
  ]);
  const sorted = modules({ env: { A: "1", B: "2" }, ports: ["80/tcp", "443/tcp"] });
  const reversed = modules({ env: { B: "2", A: "1" }, ports: ["443/tcp", "80/tcp"] });
  assert.equal(reasons(uses, uses, sorted, reversed), []);
});

test("what moves from an image to a module without a difference in the Containerfile affects nothing", () => {
  const fields = { env: { A: "1" }, setup: ["x"], ports: ["80/tcp"] };
  assert.equal(reasons(fields, { modules: ["m"] }, {}, { modules: [module("m", "1", fields)] }), []);
});

test("PACKAGE of a stage, and of the image and a stage alike", () => {
  const stage = (...system: readonly string[]) => ({ stages: [{ name: "s", from: "scratch", os: "debian", system }] });
  assert.equal(reasons(stage(), stage("curl")), ["build a: PACKAGE curl 7.88.* added"]);
  assert.equal(reasons({ ...stage("curl"), system: ["curl"] }, { ...stage("curl"), system: [] }), [
    "build a: PACKAGE curl removed",
  ]);
});

test("STAGE: something that it is built from and does not derive from is built anew", () => {
  const tree = (env: string) =>
    [
      [
        image("tools", { env: { A: env } }),
        image("base"),
        image("copies", {
          parent: "base",
          artifacts: [{ type: "image", image: "tools", path: "/x", target: "/x" }],
        }),
        image("starts", { parent: "base", stages: [{ name: "s", parent: "tools" }] }),
        image("below", { parent: "copies" }),
        image("both", { parent: "tools", artifacts: [{ type: "image", image: "copies", path: "/y", target: "/y" }] }),
      ],
    ] as const;
  assert.equal(change(tree("1"), tree("2")), [
    "build tools: DEFINITION env",
    "pending copies: STAGE tools: DEFINITION env [tools]",
    "pending starts: STAGE tools: DEFINITION env [tools]",
    "pending below: PARENT tools: DEFINITION env [tools copies]",
    "pending both: PARENT tools: DEFINITION env [tools]",
  ]);
});

test("a change of a downloaded file's hash; where it is downloaded is no difference", () => {
  const download = (sha256: string, url = "https://example.org/x", ...mirrors: readonly string[]) => ({
    artifacts: [{ type: "url" as const, url, sha256, mirrors, target: "/x" }],
  });
  const [one, two] = ["1".repeat(64), "2".repeat(64)];
  const changed = reasons(download(one), download(two));
  assert.is(changed.length, 1);
  assert.equal(reasons(download(one), download(one, "https://example.org/x", "https://files.example/x")), []);
});

test("TAGS only need to be moved", () => {
  assert.equal(reasons({}, { tags: ["latest", "stable"] }), ["retag a: TAGS latest → latest, stable"]);
  assert.equal(reasons({ tags: ["latest"] }, { tags: [] }), ["retag a: TAGS latest → none"]);
  assert.equal(reasons({}, { tags: ["latest"] }), []);
  assert.equal(reasons({ tags: ["b", "a"] }, { tags: ["a", "b"] }), []);
  assert.equal(reasons({}, { tags: [], version: "2.0" }), ["retag a: VERSION 1.0 → 2.0; TAGS latest → none"]);
});

test("PLATFORM, BUILDER and FORCED", () => {
  const arm = { settings: { platforms: ["linux/arm64" as Platform] } };
  assert.equal(reasons({}, {}, {}, arm), ["build a: PLATFORM linux/amd64 → linux/arm64"]);
  assert.equal(reasons({}, {}, {}, { settings: { builderRevision: 2 } }), ["build a: BUILDER revision 1 → 2"]);
  assert.equal(reasons({}, {}, {}, { settings: { builderTimeout: 5 } }), []);
  assert.equal(reasons({}, { rebuild: { nonce: "1", reason: "CVE-1" } }), ["build a: FORCED CVE-1"]);
  assert.equal(reasons({ rebuild: { nonce: "1", reason: "CVE-1" } }, {}), [
    "build a: FORCED a forced rebuild was taken back",
  ]);
  const reworded = { rebuild: { nonce: "1", reason: "CVE-2" } };
  assert.equal(
    reasons({ rebuild: { nonce: "1", reason: "CVE-1" } }, reworded),
    [],
    "the nonce decides, not the reason",
  );
});

test("TEMPLATE: the Containerfile differs and no field of the definition does", () => {
  const before = desired([image("a")]);
  const old = desiredImage(before, "a");
  const recipe = { ...old.recipe, containerfile: textOnly(`${old.recipe.containerfile.text}USER x\n`) };
  const after = { ...before, images: new Map([[old.node.name, { ...old, recipe }]]) };
  assert.equal(
    planBetween(before, after).steps.map(({ reasons: why }) => why.map(({ code }) => code)),
    [["TEMPLATE"]],
  );
});

test("TESTS and VERSION only need new tags", () => {
  const tests = [{ type: "command", name: "t", command: command("true"), exit: 0, timeout: 1 }] as const;
  assert.equal(reasons({}, { tests }), ["retag a: TESTS tests changed"]);
  assert.equal(reasons({}, { version: "2.0" }), ["retag a: VERSION 1.0 → 2.0"]);
  assert.equal(reasons({}, { version: "2.0", tests }), ["retag a: TESTS tests changed; VERSION 1.0 → 2.0"]);
});

test("a changed approved list affects those who leave the version to it, and what derives from them", () => {
  const images = [
    image("open", { system: ["curl"] }),
    image("below", { parent: "open" }),
    image("pinned", { system: ["curl 7.88.1"] }),
    image("choice", { system: ["git"] }),
    image("none"),
  ];
  const lists = (curl: string[], git: string[]) => ({ system: { debian: { curl, git } } });
  const before = lists(["7.88.*"], ["1:2.39.*"]);
  assert.equal(change([images, before], [images, lists(["7.88.*", "8.*"], ["1:2.39.*"])]), [
    "build open: PACKAGE curl 7.88.* → 7.88.* or 8.*",
    "pending below: PARENT open: PACKAGE curl 7.88.* → 7.88.* or 8.* [open]",
  ]);
  assert.equal(change([images, before], [images, lists(["7.88.*"], ["1:2.39.*", "1:2.40.*"])]), [
    "build choice: PACKAGE git 1:2.39.* → 1:2.39.* or 1:2.40.*",
  ]);
});

test("order that means nothing affects nothing", () => {
  const fields: ImageFields = {
    system: ["curl", "jq", "git"],
    env: { A: "1", B: "2" },
    labels: { l: "1", m: "2" },
    ports: ["80/tcp", "443/tcp"],
    volumes: ["/a", "/b"],
    bootstrap: { packages: ["adduser", "tzdata"] },
  };
  const reversed: ImageFields = {
    system: ["git", "jq", "curl"],
    env: { B: "2", A: "1" },
    labels: { m: "2", l: "1" },
    ports: ["443/tcp", "80/tcp"],
    volumes: ["/b", "/a"],
    bootstrap: { packages: ["tzdata", "adduser"] },
  };
  assert.equal(reasons(fields, reversed), []);
  const approved = (git: string[]) => ({ system: { debian: { ...LISTS.system?.debian, git } } });
  assert.equal(reasons(fields, fields, approved(["1", "2"]), approved(["2", "1"])), []);
  const also = { env: { A: "1", B: "3" } };
  assert.equal(reasons(fields, { ...reversed, ...also }, approved(["1", "2"]), approved(["2", "1"])), [
    "build a: DEFINITION env",
  ]);
});

test("metadata, descriptions and the order of definitions affect nothing", () => {
  const [a, b] = [image("a"), image("b")];
  const described = image("a", { description: "text", metadata: { role: "r", extendable: false } });
  assert.equal(change([[a, b]], [[b, described]]), []);
});

/** Why an image is built anew whose closure was one and is another; null: it is open. */
function closures(
  before: readonly LockedPackage[] | null,
  after: readonly LockedPackage[] | null,
  asked: readonly [ImageFields, ImageFields] = [{ system: ["jq"] }, { system: ["jq"] }],
): string[] {
  const [old, now] = [before, after].map((packages, side) => {
    const tree = desired([image("a", asked[side])], LISTS);
    const open = desiredImage(tree, "a");
    return packages === null ? tree : { ...tree, images: new Map([[open.node.name, withLocked(open, { packages })]]) };
  }) as [Desired, Desired];
  return planBetween(old, now).steps.flatMap(({ reasons: all }) => all.map(({ code, detail }) => `${code} ${detail}`));
}

test("PACKAGE of closures: dependencies too, what is asked for first", () => {
  const onig = (version: string) => locked("libonig5", version, { why: ["jq"] });
  assert.equal(closures([locked("jq", "1.6"), onig("6.8")], [locked("jq", "1.7"), onig("6.9")]), [
    "PACKAGE jq 1.6 → 1.7",
    "PACKAGE libonig5 6.8 → 6.9",
  ]);
  assert.equal(closures([locked("jq", "1.6"), onig("6.8")], [locked("jq", "1.6")]), ["PACKAGE libonig5 6.8 removed"]);
  assert.equal(closures([locked("jq", "1.6")], [locked("jq", "1.6"), onig("6.8")]), ["PACKAGE libonig5 6.8 added"]);
  assert.equal(closures([onig("6.8")], [onig("6.8"), onig("6.9")]), ["PACKAGE libonig5 6.8 → 6.8 and 6.9"]);
  const inStage = (version: string) => locked("jq", version, { stage: "build" });
  assert.equal(closures([locked("jq", "1.6"), inStage("1.6")], [locked("jq", "1.6"), inStage("1.7")]), [
    "PACKAGE jq 1.6 → 1.7",
  ]);
  assert.equal(closures([locked("jq", "1.6")], [locked("jq", "1.6", { sha256: "b".repeat(64) })]), [
    "PACKAGE jq is another file of the same version",
  ]);
});

test("a closure that is the same is no reason; another way to ask for it is", () => {
  const jq = [locked("jq", "1.6")];
  assert.equal(closures(jq, [...jq]), []);
  assert.equal(closures(jq, jq, [{ system: ["jq"] }, { system: ["jq 1.6"] }]), ["PACKAGE jq any version → 1.6"]);
});

test("what installs nothing is the same image, locked and open", () => {
  const outside: ImageFields = { from: "r.example/base:1" };
  const fields = { bases: [{ ref: "r.example/base:1", digest: digest("1"), os: "debian" }] };
  const tree = desired([image("a", outside)], fields);
  const open = desiredImage(tree, "a");
  const lockedTree = { ...tree, images: new Map([[open.node.name, withLocked(open, { packages: [] })]]) };
  assert.equal(planBetween(tree, lockedTree).steps, []);
});

test("LOCK where one side only has one", () => {
  assert.equal(closures(null, [locked("jq", "1.6")]), ["LOCK locked now"]);
  assert.equal(closures([locked("jq", "1.6")], null), ["LOCK not locked any more"]);
  assert.equal(closures(null, [locked("jq", "1.6")], [{ system: ["git"] }, { system: ["git", "jq"] }]), [
    "LOCK locked now",
    "PACKAGE jq added",
  ]);
});

test.run();
