import fc from "fast-check";
import type { PackageType, Why } from "../../src/model/inventory.js";
import type { LockedPackage } from "../../src/model/lock.js";
import { managersOf } from "../../src/packages/managers.js";
import { checkContents } from "../../src/policy/contents.js";
import { NO_EXCEPTIONS } from "../../src/policy/exception-ledger.js";
import { locked } from "../support/lock.js";
import { freshLock } from "../support/lock-catalogue.js";
import { loadMemory, type MemoryFiles, memoryTree, problemsOf } from "../support/memory-tree.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/package-policies");

const FILES = {
  "images/base/image.yaml":
    "kind: BaseImage\nname: base\nversion: 1\nos: debian\nbootstrap: { manager: apt, suite: bookworm, packages: [ca-certificates, python3-pip] }\n",
  "images/app/image.yaml":
    "name: app\nversion: 1\nparent: base\nlanguage: python3\nsystem-packages: [libpq5]\nruntime-packages: [Flask]\n",
  "catalog/system/debian.yaml":
    'os: debian\npackages: [{ name: ca-certificates }, { name: libpq5, versions: ["15.*"] }, { name: openssl }, { name: gcc }, { name: python3-pip }]\n',
  "catalog/runtime/python3.yaml": "language: python3\npackages: [{ name: flask }, { name: agent }]\n",
};
const APP = "images/app/image.yaml";

const pip = (name: string, version: string, fields: Partial<LockedPackage> = {}): LockedPackage => {
  const { arch: _, ...rest } = locked(name, version, { manager: "pip", file: `${name}.whl`, ...fields });
  return rest;
};

const LOCKED: Readonly<Record<string, readonly LockedPackage[]>> = {
  base: [
    locked("apt", "2.6", { bootstrap: true }),
    locked("ca-certificates", "1", { bootstrap: true }),
    locked("libgnutls30", "3", { bootstrap: true, why: ["apt"] }),
    locked("openssl", "3", { bootstrap: true, why: ["ca-certificates"] }),
  ],
  app: [
    locked("libldap", "2.5", { why: ["libpq5"] }),
    locked("libpq5", "15.1"),
    locked("libsasl2", "2", { why: ["libldap"] }),
    pip("flask", "2.2"),
    pip("werkzeug", "2.2", { why: ["flask"] }),
  ],
};

/** What is said of the catalogue with these policies, its lock, and more files. */
async function said(files: MemoryFiles, packages: typeof LOCKED | null = LOCKED): Promise<string[]> {
  const all = { ...FILES, ...files };
  if (packages === null) return problemsOf(all);
  const lock = await freshLock(memoryTree(all), (image) => packages[image]);
  return problemsOf({ ...all, "slipway.lock": lock });
}

const policy = (text: string) => ({ "policies/packages.yaml": text });
const short = (problems: readonly string[]) => problems.map((text) => text.replace(/ \| .*/, ""));

test("nothing changes without policies, nor by a lock whose versions are approved", async () => {
  assert.equal(await said({}), []);
  assert.equal(await said({}, null), []);
  assert.equal(await said(policy("approval: { system: direct }\n")), []);
});

test("closure: what comes with packages is told where they are asked for, with the line to add; a system is not", async () => {
  assert.equal(await said(policy("approval: { system: closure }\n")), [
    `${APP}:5:19 package-not-approved: slipway.lock has libldap 2.5, which is not approved for debian; libpq5 needs it | an administrator can add \`- { name: libldap, versions: ["2.5"] }\` to the approved list of debian`,
    `${APP}:5:19 package-not-approved: slipway.lock has libsasl2 2, which is not approved for debian; libldap needs it | an administrator can add \`- { name: libsasl2, versions: ["2"] }\` to the approved list of debian`,
  ]);
  assert.equal(short(await said(policy("approval: { runtime: closure }\n"))), [
    `${APP}:6:20 package-not-approved: slipway.lock has werkzeug 2.2, which is not approved for python3; flask needs it`,
  ]);
  assert.equal(short(await said(policy("level: warn\napproval: { runtime: closure }\n"))), [
    `warning ${APP}:6:20 package-not-approved: slipway.lock has werkzeug 2.2, which is not approved for python3; flask needs it`,
  ]);
  assert.is((await said(policy("approval: { runtime: report }\n"))).join().startsWith("warning "), true);
  assert.equal(await said(policy("except: [a*]\napproval: { runtime: closure }\n")), []);
  assert.equal(await said(policy("approval: { runtime: closure }\n"), null), [], "nothing is known of it yet");
});

test("closure: of a bootstrap, what packages that are asked for need must be approved as well", async () => {
  const list = {
    "catalog/system/debian.yaml":
      "os: debian\npackages: [{ name: ca-certificates }, { name: libpq5 }, { name: libldap }, { name: libsasl2 }, { name: python3-pip }]\n",
  };
  assert.equal(short(await said({ ...list, ...policy("approval: { system: closure }\n") })), [
    "images/base/image.yaml:5:56 package-not-approved: slipway.lock has openssl 3, which is not approved for debian; ca-certificates needs it",
  ]);
});

test("a version of the lock that is not approved is told without any policy", async () => {
  const packages = { ...LOCKED, app: [locked("libpq5", "16.1"), pip("flask", "2.2")] };
  assert.equal(await said({}, packages), [
    `${APP}:5:19 version-not-approved: slipway.lock has libpq5 16.1, and that version is not approved | approved: 15.*`,
  ]);
});

const GCC = "forbidden: [{ name: 'gcc*', os: debian, reason: Compilers are for build stages. }]\n";
const stage =
  "stages: [{ name: make, parent: base, system-packages: [{ name: gcc }] }]\nartifacts: [{ image: make, path: /x, target: /x }]\n";

test("forbidden: asked for, and brought by what is asked for; a build stage may, unless it may not", async () => {
  const asks = { [APP]: "name: app\nversion: 1\nparent: base\nsystem-packages: [gcc]\n" };
  const message = "gcc is forbidden: Compilers are for build stages.";
  assert.equal(await said({ ...asks, ...policy(GCC) }, null), [
    `${APP}:4:19 package-forbidden: ${message} | use it in a build stage and copy what it makes; policies/packages.yaml, line 1 says so`,
  ]);
  const brought = { ...LOCKED, app: [locked("libpq5", "15.1"), locked("gcc-12", "12", { why: ["libpq5"] })] };
  assert.equal(short(await said(policy(GCC), brought)), [
    `${APP}:5:19 package-forbidden: gcc-12 12 is forbidden: Compilers are for build stages.; libpq5 needs it`,
  ]);
  const stages = { [APP]: `name: app\nversion: 1\nparent: base\n${stage}` };
  const inStage = { ...LOCKED, app: [locked("gcc", "12", { stage: "make" })] };
  assert.equal(await said({ ...stages, ...policy(GCC) }, null), []);
  assert.equal(await said({ ...stages, ...policy(GCC) }, inStage), []);
  const everywhere = policy(GCC.replace("reason", "build-stages: true, reason"));
  assert.equal(short(await said({ ...stages, ...everywhere }, null)), [
    `${APP}:4:56 package-forbidden: gcc is forbidden, in build stages too: Compilers are for build stages.`,
  ]);
  assert.equal((await said({ ...stages, ...everywhere }, inStage)).length, 1);
  assert.equal(await said({ ...asks, ...policy(GCC.replace("reason", "images: [b*], reason")) }, null), []);
});

const AGENT = "required: [{ name: Agent, language: python3, reason: Every service is traced. }]\n";

test("required: by an image of the language, by an ancestor, by what is locked; not by base images", async () => {
  assert.equal(await said(policy(AGENT), null), [
    `${APP}:1:7 package-required: app lacks Agent, which every image of python3 must have: Every service is traced. | write it into \`runtime-packages\`, here or in a parent: \`- Agent\``,
  ]);
  const has = { [APP]: "name: app\nversion: 1\nparent: base\nlanguage: python3\nruntime-packages: [agent]\n" };
  const child = { "images/child/image.yaml": "name: child\nversion: 1\nparent: app\n" };
  assert.equal(await said({ ...has, ...child, ...policy(AGENT) }, null), []);
  assert.equal((await said({ ...child, ...policy(AGENT) }, null)).length, 1, "the child of a bad one is no mistake");
  assert.equal(
    await said(policy(AGENT), { ...LOCKED, app: [...(LOCKED.app ?? []), pip("agent", "1", { why: ["flask"] })] }),
    [],
  );
  const other = { [APP]: "name: app\nversion: 1\nparent: base\n" };
  assert.equal(await said({ ...other, ...policy(AGENT) }, null), [], "another language is not meant");
  const system = policy(AGENT.replace("language: python3", "os: debian").replace("Agent", "agent"));
  assert.equal((await said(system, null)).length, 1, "a base image is for others to build on");
  const all = policy(AGENT.replace("language: python3", "os: debian, base-images: true").replace("Agent", "ca-*"));
  assert.equal(await said(all, null), [], "a bootstrap's package counts, for what derives from it too");
});

test("lock: required", async () => {
  const found = await said(policy("lock: required\n"), { base: LOCKED.base ?? [] });
  assert.equal(found, [
    `${APP}:1:7 lock-missing: app is not in slipway.lock, and policies/packages.yaml requires it | run \`slipway lock\``,
  ]);
  const other = {
    [APP]: "name: app\nversion: 1\nparent: base\nlanguage: ruby\nruntime-packages: [rack]\n",
    "catalog/runtime/ruby.yaml": "language: ruby\npackages: [{ name: rack }]\n",
  };
  assert.match(
    (await said({ ...other, ...policy("lock: required\n") }, { base: LOCKED.base ?? [] })).join(),
    /packages of gem cannot be locked yet: .*`except: \[app\]`/,
  );
  const none = { [APP]: "name: app\nversion: 1\nparent: base\n" };
  assert.equal(await said({ ...none, ...policy("lock: required\n") }, { base: LOCKED.base ?? [] }), []);
});

const except = (rule: string, more = "") => ({
  "policies/exceptions.yaml": `exceptions:\n  - { rule: ${rule}, image: app, ${more}owner: "@alice", reason: x, expires: 2027-01-01 }\n`,
});

test("exceptions: for one package, for all, by any spelling; unused only where it is known", async () => {
  const closure = policy("approval: { system: closure, runtime: closure }\n");
  assert.equal((await said({ ...closure, ...except("package-not-approved") })).length, 0);
  const one = await said({ ...closure, ...except("package-not-approved", "package: WERKZEUG, ") });
  assert.equal(
    one.map((text) => /(?:has|exception of) (\S+)/.exec(text)?.[1]),
    ["libldap", "libsasl2"],
  );
  const unused = "warning policies/exceptions.yaml:2:5 exception-unused: app does not break package-forbidden for gcc";
  const gcc = except("package-forbidden", "package: gcc, ");
  assert.equal(short(await said({ ...policy(GCC), ...gcc })), [unused]);
  assert.equal(await said({ ...policy(GCC), ...gcc }, null), [], "the lock does not say what is in the image");
  assert.equal(await said({ ...closure, ...except("package-not-approved") }, null), []);
  assert.equal((await said(except("package-not-approved"), null)).length, 1, "what is asked for is known");
  assert.equal(await said(except("package-unasked")), [], "that only the image tells");
  assert.equal(
    await said({ ...policy("lock: required\n"), ...except("lock-missing") }, { base: LOCKED.base ?? [] }),
    [],
  );
});

test("licences: of what the lock has, and of what is asked for where there is none", async () => {
  const lists = {
    "catalog/system/debian.yaml":
      "os: debian\npackages: [{ name: ca-certificates, license: MPL-2.0 }, { name: libpq5, license: PostgreSQL }, { name: python3-pip, license: MPL-2.0 }]\n",
    "catalog/runtime/python3.yaml": "language: python3\npackages: [{ name: flask, license: AGPL-3.0-only }]\n",
  };
  const licenses = (text: string) => ({ ...lists, "policies/licenses.yaml": text });
  const denied = `${APP}:6:20 license-denied: the licence of Flask is AGPL-3.0-only, which is on the deny list of policies/licenses.yaml`;
  assert.equal(short(await said(licenses("deny: [AGPL-*]\n"), null)), [denied]);
  const packages = {
    base: [],
    app: [locked("libldap", "2.5", { why: ["libpq5"], license: "GPL-3+" }), locked("libpq5", "15.1")],
  };
  assert.equal(await said(licenses("allow: [PostgreSQL, MPL-2.0, AGPL-*]\n"), packages), [
    `${APP}:5:19 license-not-allowed: the licence of libldap 2.5 is GPL-3.0-or-later (the package says "GPL-3+"), which is not on the allow list of policies/licenses.yaml; libpq5 needs it | do without it, or an administrator changes the list or grants an exception (rule: license-not-allowed, package: libldap)`,
  ]);
});

test("an unknown licence prints the line to add, and that line helps", async () => {
  const unknown = { base: [], app: [locked("libldap", "2.5", { why: ["libpq5"] }), locked("libpq5", "15.1")] };
  const lists = {
    "catalog/system/debian.yaml":
      "os: debian\npackages: [{ name: ca-certificates, license: MIT }, { name: libpq5 }, { name: python3-pip, license: MIT }]\n",
  };
  const place = `${APP}:5:19 license-unknown: the licence of`;
  const silent = "is not known: neither an approved list nor the package says it";
  assert.equal(await said({ ...lists, "policies/licenses.yaml": "deny: [AGPL-*]\n" }, unknown), [
    `${place} libldap 2.5 ${silent}; libpq5 needs it | an administrator finds out and adds to policies/licenses.yaml, under \`declared\`: \`- { name: libldap, os: debian, license: …, evidence: … }\``,
    `${place} libpq5 15.1 ${silent} | an administrator finds out and adds to catalog/system/debian.yaml, line 2: \`license: …, license-evidence: …\``,
  ]);
  const declared = "declared:\n  - { name: libldap, os: debian, license: MIT, evidence: a file }\n";
  const mended = {
    "catalog/system/debian.yaml":
      "os: debian\npackages: [{ name: ca-certificates, license: MIT }, { name: libpq5, license: MIT, license-evidence: a file }, { name: python3-pip, license: MIT }]\n",
  };
  assert.equal(await said({ ...mended, "policies/licenses.yaml": `deny: [AGPL-*]\n${declared}` }, unknown), []);
  const other = declared.replace("license: MIT", 'versions: ["3.*"], license: MIT');
  assert.equal((await said({ ...mended, "policies/licenses.yaml": `deny: [AGPL-*]\n${other}` }, unknown)).length, 1);
  const warns = await said({ ...lists, "policies/licenses.yaml": "unknown: warn\n" }, unknown);
  assert.equal(
    warns.map((text) => text.startsWith("warning ")),
    [true, true],
  );
  assert.equal(await said({ ...lists, "policies/licenses.yaml": "unknown: allow\n" }, unknown), []);
  assert.equal(
    await said({ ...lists, "policies/licenses.yaml": "deny: [AGPL-*]\n" }, null),
    [],
    "before there is a lock",
  );
});

test("no rule throws, whatever is in an image", async () => {
  const loaded = await loadMemory({
    ...FILES,
    "policies/packages.yaml": `approval: { system: closure, runtime: report }\n${GCC}`,
    "policies/licenses.yaml":
      "allow: [MIT]\ndeclared: [{ name: 'a*', language: python3, license: MIT, evidence: x }]\n",
  });
  const { catalogue, graph } = loaded;
  const managers = managersOf(catalogue);
  const text = fc.oneof(
    fc.constantFrom("gcc-12", "flask", "", "*", "A-b_C"),
    fc.string({ unit: "binary", maxLength: 8 }),
  );
  const why = fc.oneof(
    fc.constantFrom<Why>({ type: "asked" }, { type: "system" }, { type: "unasked" }, { type: "locked" }),
    fc.array(text, { maxLength: 3 }).map((by): Why => ({ type: "needed", by })),
  );
  const type = fc.constantFrom<PackageType[]>("deb", "rpm", "apk", "pypi", "npm", "gem", "golang", "maven", "nuget");
  const added = fc.array(
    fc.record({ type, name: text, version: text, license: text, why }).map((found) => ({
      ...found,
      kind: ["deb", "rpm", "apk"].includes(found.type) ? ("system" as const) : ("runtime" as const),
      place: "/",
      requires: [],
      provides: [],
    })),
    { maxLength: 5 },
  );
  const when = fc.constantFrom("request" as const, "lock" as const, "image" as const);
  fc.assert(
    fc.property(added, when, (packages, moment) => {
      for (const node of graph.nodes.values())
        checkContents({ catalogue, node, managers, when: moment, added: packages }, NO_EXCEPTIONS);
    }),
  );
});

test("a mistyped licence of the policy is told", async () => {
  const text =
    "allow: [MITT, BSD-*]\ndeny: [GPL 3]\ndeclared: [{ name: a, os: debian, license: Expat, evidence: x }]\n";
  assert.equal(
    (await said({ "policies/licenses.yaml": text.replace("GPL 3", "GPL-3") }, { base: [], app: [] })).filter(
      (problem) => problem.includes("license-expression"),
    ),
    [
      'policies/licenses.yaml:1:9 license-expression: SPDX has no licence "MITT" | did you mean `MIT`?',
      'policies/licenses.yaml:2:8 license-expression: SPDX has no licence "GPL-3" | did you mean `GPL-3.0-only`?',
      'policies/licenses.yaml:3:44 license-expression: SPDX has no licence "Expat" | did you mean `MIT`?',
    ],
  );
});

test.run();
