import { imageSize } from "../../src/policy/image-rules.js";
import { loadMemory, type MemoryFiles, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/image-policies");

const BASE = "kind: BaseImage\nname: base\nversion: 1\nfrom: scratch\nos: debian\n";
const APP = "images/app/image.yaml";
const app = (more = "") => `name: app\nversion: 1\nparent: base\n${more}`;

function said(policy: string, files: MemoryFiles = {}): Promise<string[]> {
  return problemsOf({
    "images/base/image.yaml": BASE,
    [APP]: app(),
    "policies/images.yaml": policy,
    ...files,
  });
}

const ROOT = "user: { root: deny }\n";
const hint = "write `run: { user: … }`, here or in a parent; policies/images.yaml denies root";

test("root: nobody says another user, or somebody says root, by name or number", async () => {
  assert.equal(await said(ROOT), [
    `${APP}:1:7 root-user: containers of app run as root, as base says or leaves it | ${hint}`,
  ]);
  for (const user of ["root", '"0"', '"0:1000"', "root:app", '"00"'])
    assert.equal(await said(ROOT, { [APP]: app(`run: { user: ${user} }\n`) }), [
      `${APP}:4:14 root-user: containers of app run as root | ${hint}`,
    ]);
  for (const user of ["app", '"1000"', '"1000:0"', "rooter", '"01"'])
    assert.equal(await said(ROOT, { [APP]: app(`run: { user: ${user} }\n`) }), []);
});

test("root: the user is inherited, from a parent, a module, and lost again", async () => {
  const base = { "images/base/image.yaml": `${BASE}run: { user: app }\n` };
  assert.equal(await said(ROOT, base), []);
  assert.equal((await said(ROOT, { ...base, [APP]: app("run: { user: root }\n") })).length, 1);
  const module = { "catalog/modules/m/module.yaml": "name: m\nversion: 1\nrun: { user: root }\n" };
  assert.equal(await said(ROOT, { ...module, [APP]: app("modules: [m]\n") }), [
    `catalog/modules/m/module.yaml:3:14 root-user: containers of app run as root | ${hint}`,
  ]);
  assert.equal(await said(ROOT, { ...module, [APP]: app("modules: [m]\nrun: { user: app }\n") }), []);
});

test("root: base images only where it says so; an external base may say anything", async () => {
  const all = "user: { root: deny, base-images: true }\n";
  assert.equal(
    (await said(all)).map((text) => text.split(" ")[0]),
    [`${APP}:1:7`, "images/base/image.yaml:2:7"],
  );
  const external = {
    "catalog/bases.yaml": `bases: [{ ref: "example.org/a:1", digest: "sha256:${"0".repeat(64)}", os: debian }]\n`,
    "images/base/image.yaml": BASE.replace("from: scratch", "from: example.org/a:1"),
  };
  assert.match(
    (await said(ROOT, external)).join(),
    /root-user: the user that containers of app run as is not known: example\.org\/a:1 may say root/,
  );
});

test("level, images and except, of the file and of the entry", async () => {
  const level = async (policy: string) => (await said(policy)).map((text) => text.startsWith("warning "));
  assert.equal(await level(`level: warn\n${ROOT}`), [true]);
  assert.equal(await level("level: warn\nuser: { root: deny, level: enforce }\n"), [false]);
  assert.equal(await level("user: { root: deny, level: warn }\n"), [true]);
  assert.equal(await level(`images: [b*]\n${ROOT}`), []);
  assert.equal(await level(`images: [a*]\n${ROOT}`), [false]);
  assert.equal(await level("images: [a*]\nuser: { root: deny, except: [app] }\n"), []);
  assert.equal(await level("except: [app]\nuser: { root: deny, images: [app] }\n"), [], "both must mean it");
  assert.equal(await level("user: { root: allow }\n"), []);
});

const DESCRIPTION = "description: { required: true }\n";

test("description: the image's own, and not a blank one", async () => {
  const lacks = `${APP}:1:7 description-missing: app has no description | write \`description: …\`, what the image is for; policies/images.yaml requires it`;
  assert.equal(await said(DESCRIPTION), [lacks]);
  assert.equal(await said(DESCRIPTION, { "images/base/image.yaml": `${BASE}description: A base.\n` }), [lacks]);
  for (const blank of ['""', '" "', "|\n\n"])
    assert.equal(await said(DESCRIPTION, { [APP]: app(`description: ${blank}\n`) }), [lacks]);
  assert.equal(await said(DESCRIPTION, { [APP]: app("description: What it is for.\n") }), []);
  assert.equal(await said("description: { required: false }\n"), []);
  assert.equal(await said("description: { required: true, except: [a*] }\n"), []);
  assert.equal(await said("description: { required: true, level: warn }\n"), [`warning ${lacks}`]);
});

test("description: base images only where it says so; every image of a matrix", async () => {
  const codes = async (policy: string, files: MemoryFiles) =>
    (await said(policy, files)).map((text) => text.replace(/ \|.*/, ""));
  const described = { [APP]: app("description: What it is for.\n") };
  assert.equal(await codes("description: { required: true, base-images: true }\n", described), [
    "images/base/image.yaml:2:7 description-missing: base has no description",
  ]);
  const matrix = 'name: app-${{ matrix.v }}\nversion: 1\nparent: base\nmatrix: { v: ["1", "2"] }\n';
  assert.equal(await codes(DESCRIPTION, { [APP]: matrix }), [
    `${APP}:1:7 description-missing: app-1 has no description`,
    `${APP}:1:7 description-missing: app-2 has no description`,
  ]);
});

const LABEL = "labels: [{ name: org.example/owner, pattern: team-* }]\n";

test("labels: own, inherited, of a module, by default; with the right value", async () => {
  assert.equal(await said(LABEL), [
    `${APP}:1:7 label-missing: app has no label org.example/owner | write \`labels: { org.example/owner: … }\`, here, in a parent or for all in slipway.yaml; policies/images.yaml requires it`,
  ]);
  const with_ = (value: string) => `labels: { org.example/owner: ${value} }\n`;
  assert.equal(await said(LABEL, { [APP]: app(with_("team-a")) }), []);
  assert.equal(await said(LABEL, { "images/base/image.yaml": BASE + with_("team-a") }), []);
  assert.equal(await said(LABEL, { "slipway.yaml": `defaults:\n  ${with_("team-a")}` }), []);
  const module = { "catalog/modules/m/module.yaml": `name: m\nversion: 1\n${with_("team-m")}` };
  assert.equal(await said(LABEL, { ...module, [APP]: app("modules: [m]\n") }), []);
  assert.equal(
    (await said(LABEL, { [APP]: app(with_("me")) })).map((text) => text.replace(/ \| .*/, "")),
    [`${APP}:4:30 label-value: the label org.example/owner of app is "me", not team-*`],
  );
  const below = { "images/base/image.yaml": BASE + with_("team-a"), [APP]: app(with_("me")) };
  assert.equal((await said(LABEL, below)).length, 1, "the image's own word counts");
});

const PINNED = (more = "") =>
  `bases: [{ ref: "example.org/a:1", digest: "sha256:${"0".repeat(64)}", os: debian${more} }]\n`;

/** Of a base image on an external one, on 2026-06-01. */
const onExternal = (policy: string, more?: string) =>
  problemsOf({
    "catalog/bases.yaml": PINNED(more),
    "images/base/image.yaml": BASE.replace("from: scratch", "from: example.org/a:1"),
    "policies/bases.yaml": policy,
  });

test("bases: which registries, and how old", async () => {
  assert.equal(await onExternal("references: [example.org/*]\n"), []);
  assert.equal(await onExternal("references: [elsewhere.org/*, other.org/*]\n"), [
    "images/base/image.yaml:4:7 base-not-allowed: images must not be built on example.org/a:1 | policies/bases.yaml allows elsewhere.org/*, other.org/*",
  ]);
  assert.equal(await onExternal("max-age: 90\n"), [
    "images/base/image.yaml:4:7 base-age: the day on which example.org/a:1 was pinned is missing, and a base must not be older than 90 days | write `pinned: YYYY-MM-DD`, the day of its digest, at catalog/bases.yaml, line 1",
  ]);
  assert.equal(await onExternal("max-age: 90\n", ", pinned: 2026-03-03"), []);
  assert.match(
    (await onExternal("max-age: 90\n", ", pinned: 2026-03-02")).join(),
    /base-age: example\.org\/a:1 was pinned on 2026-03-02, more than 90 days ago/,
  );
  assert.match((await onExternal("level: warn\nmax-age: 9\n", ", pinned: 2026-03-02")).join(), /^warning /);
  const [first] = await onExternal("max-age: 90\n", ", pinned: 2026-02-30");
  assert.is(first, "catalog/bases.yaml:1:138 invalid-value: there is no day `2026-02-30`");
});

test("bases: scratch is none, and archives of bootstraps are allowed by suite or address", async () => {
  const bootstrapped = (bootstrap: string, policy: string) =>
    problemsOf({
      "images/base/image.yaml": `kind: BaseImage\nname: base\nversion: 1\nos: photon\nbootstrap: ${bootstrap}\n`,
      "policies/bases.yaml": policy,
    });
  assert.equal(
    await said("level: warn\n", { "policies/bases.yaml": "references: []\narchives: []\nmax-age: 1\n" }),
    [],
  );
  const apt = await bootstrapped("{ manager: apt, suite: sid }", "archives: [bookworm*]\n");
  assert.equal(
    apt.filter((text) => text.includes("base-")),
    [
      "images/base/image.yaml:5:35 base-not-allowed: a bootstrap must not be made from the archive sid | policies/bases.yaml allows bookworm*",
    ],
  );
  const dnf =
    "{ manager: dnf, repositories: { base: 'https://packages.example/5.0/$basearch' }, releasever: '5.0', packages: [bash] }";
  const onDnf = async (policy: string) =>
    (await bootstrapped(dnf, policy)).filter((text) => text.includes("base-not-allowed"));
  assert.equal(await onDnf("archives: [https://packages.example/*]\n"), []);
  assert.equal((await onDnf("archives: [https://other.example/*]\n")).length, 1);
});

test("exceptions waive each of them", async () => {
  const except = (rule: string) => ({
    "policies/exceptions.yaml": `exceptions:\n  - { rule: ${rule}, image: app, owner: "@alice", reason: x, expires: 2027-01-01 }\n`,
  });
  assert.equal(await said(ROOT, except("root-user")), []);
  assert.equal(await said(DESCRIPTION, except("description-missing")), []);
  assert.equal(await said(LABEL, except("label-missing")), []);
  assert.equal((await said(LABEL, except("label-value"))).length, 2);
  assert.equal(await said(ROOT, { ...except("root-user"), [APP]: app("run: { user: app }\n") }), [
    "warning policies/exceptions.yaml:2:5 exception-unused: app does not break root-user | remove the exception",
  ]);
  const packaged = except("root-user")["policies/exceptions.yaml"].replace("image:", "package: x, image:");
  assert.match(
    (await said(ROOT, { "policies/exceptions.yaml": packaged })).join(),
    /`root-user` is not about packages/,
  );
});

test("sizes: the largest that an image may have, once it is built", async () => {
  const sizes = "sizes: [{ max: 1.5MB }, { max: 3GB, base-images: true, level: warn }]\n";
  const loaded = await loadMemory({ "images/base/image.yaml": BASE, [APP]: app(), "policies/images.yaml": sizes });
  const { nodes } = loaded.graph;
  const check = (name: string, bytes: number) => {
    const node = [...nodes.values()].find((each) => each.name === name);
    if (node === undefined) throw new Error(name);
    return imageSize(loaded.catalogue.policies?.images, node, bytes).map(
      ({ severity, code, message, file, line }) => `${severity} ${file}:${line} ${code} ${message}`,
    );
  };
  assert.equal(check("app", 1_500_000), []);
  assert.equal(check("app", 1_500_001), [`error ${APP}:1 image-too-large app has 1.6 MB, and may have 1.5MB`]);
  assert.equal(check("base", 2_000_000), []);
  assert.equal(check("base", 4e9), [
    "warning images/base/image.yaml:2 image-too-large base has 4000 MB, and may have 3GB",
  ]);
});

test.run();
