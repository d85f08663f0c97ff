import type { BuildAccount, LayerEntry, PackageListing, SeenFiles } from "../../src/model/attribution.js";
import type { Instruction, RecipeStage } from "../../src/model/instructions.js";
import type { LockedPackage, LockManager } from "../../src/model/lock.js";
import type { ContextEntry } from "../../src/model/recipe.js";
import { type AttributionInput, attributeFiles, changedPackageFiles } from "../../src/resolve/attribute-files.js";
import { imageName } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/attribute-files");

const INSTALL: Instruction = { type: "install", kind: "system", manager: "apt", parts: [] };
const SETUP: Instruction = { type: "run", argv: ["x"] };

const file = (path: string, sha256: string, fields: Partial<LayerEntry> = {}): LayerEntry => ({
  path,
  stage: 0,
  kind: "file",
  mode: 0o644,
  size: 1,
  sha256,
  ...fields,
});

const seen = (installed: readonly string[], fields: Partial<SeenFiles> = {}): SeenFiles => ({
  installed: new Set(installed),
  before: new Set(installed),
  after: new Set(installed),
  copied: new Map(),
  ...fields,
});

const stage = (name: string | undefined, ...instructions: Instruction[]): RecipeStage => ({
  name,
  base: { type: "image", image: imageName("base") },
  instructions,
});

function listed(manager: LockManager, listing: PackageListing, fields: Partial<LockedPackage> = {}) {
  const entry = { manager, name: "thing", version: "1", file: "", size: 0, sha256: "", why: [], ...fields };
  return { entry, listing };
}

const artifact = (path: string, content: string): ContextEntry => {
  return { path, mode: "100644", from: `images/a/${path}`, content };
};

function input(
  entries: readonly LayerEntry[],
  fields: Partial<Omit<AttributionInput, "account">> & { readonly account?: Partial<BuildAccount> } = {},
): AttributionInput {
  const stages = fields.stages ?? [stage(undefined, INSTALL, SETUP)];
  const traces = stages.map(({ name, instructions }) => ({
    name,
    hasSetup: instructions.includes(SETUP),
    seen: seen([]),
  }));
  const nothing = { deleted: [], replaced: new Map(), links: new Map(), skeleton: new Map(), dpkgLists: new Map() };
  const account = { ...nothing, entries, stages: traces };
  return { context: [], closure: [], stages, ...fields, account: { ...account, ...fields.account } };
}

const said = (given: AttributionInput) =>
  attributeFiles(given).map(({ path, origin, code = [], modeChanged, copied }) =>
    [
      path,
      origin.type,
      ...("stage" in origin && origin.stage ? [`in ${origin.stage}`] : []),
      ...(copied ? [`from ${copied.from}`] : []),
      ...(modeChanged ? ["mode"] : []),
      ...code,
    ].join(" "),
  );

const DEB = listed("apt", {
  files: [
    { path: "/bin/thing", sha256: "thing", mode: 0o755 },
    { path: "/etc/thing", sha256: "setting", configuration: true },
    { path: "/usr/lib/data", sha256: "data" },
    { path: "/usr/lib/link", target: "data" },
  ],
});

test("an artifact that is a setting for what derives from the image is told, unless it is an administrator's", () => {
  const copy: Instruction = { type: "copy", path: "artifacts/0/", target: "/etc/" };
  const context = (from: string) => [{ ...artifact("pip.conf", "own"), path: "artifacts/0/pip.conf", from }];
  const given = (from: string) =>
    input([file("/etc/pip.conf", "own")], { stages: [stage(undefined, copy)], context: context(from) });
  assert.equal(said(given("images/a/pip.conf")), ["/etc/pip.conf artifact setting"]);
  assert.equal(said(given("catalog/modules/m/pip.conf")), ["/etc/pip.conf artifact"]);
});

test("a package's own bytes are the package's, through /bin too, whoever wrote them", () => {
  const entries = [
    file("/usr/bin/thing", "thing", { mode: 0o755 }),
    file("/usr/lib/data", "data"),
    { ...file("/usr/lib/link", ""), kind: "link" as const, sha256: undefined as never, target: "data" },
  ];
  const account = { links: new Map([["/bin", "/usr/bin"]]) };
  assert.equal(said(input(entries, { closure: [DEB], account })), [
    "/usr/bin/thing package",
    "/usr/lib/data package",
    "/usr/lib/link package",
  ]);
});

test("other bytes: those that were there after the installation are the scripts', later ones are those of setup", () => {
  const entries = [file("/usr/lib/data", "other"), file("/etc/thing", "other"), file("/var/cache", "x")];
  const trace = (installed: readonly string[]) => ({
    stages: [{ name: undefined, hasSetup: true, seen: seen(installed) }],
  });
  const setup = input(entries, { closure: [DEB], account: trace([]) });
  assert.equal(
    said(setup),
    ["/etc/thing setup setting", "/usr/lib/data setup", "/var/cache setup"].map((line) => line.replace(" setting", "")),
  );
  assert.equal([...changedPackageFiles(setup, attributeFiles(setup), [])], [["/usr/lib/data", "thing"]]);
  const scripts = input(entries, { closure: [DEB], account: trace(["/usr/lib/data", "/etc/thing", "/var/cache"]) });
  assert.equal(
    said(scripts),
    ["/etc/thing", "/usr/lib/data", "/var/cache"].map((path) => `${path} package-script`),
  );
});

test("an artifact may stand in the place of a package's file, unless that is code", () => {
  const copy: Instruction = { type: "copy", path: "artifacts/0/", target: "/usr/" };
  const list = "/var/lib/dpkg/info/thing.list";
  const stages = [stage(undefined, INSTALL, copy)];
  const own = (path: string) => ({ ...artifact(path, "own"), path: `artifacts/0/${path}` });
  const given = input([file("/usr/page.html", "own"), file("/usr/tool.py", "own"), file(list, "list")], {
    stages,
    context: [own("page.html"), own("tool.py")],
    closure: [{ entry: DEB.entry }],
    account: {
      stages: [{ name: undefined, hasSetup: false }],
      dpkgLists: new Map([[list, "/usr/page.html\n/usr/tool.py\n"]]),
    },
  });
  assert.equal(said(given), ["/usr/page.html artifact", "/usr/tool.py artifact", `${list} package-script`]);
  assert.equal([...changedPackageFiles(given, attributeFiles(given), [])], [["/usr/tool.py", "thing"]]);
});

test("nobody watched: what is neither a package's nor an artifact's is that of setup", () => {
  const account = { stages: [{ name: undefined, hasSetup: true }] };
  assert.equal(said(input([file("/var/cache", "x")], { account })), ["/var/cache setup"]);
  const stages = [stage(undefined, INSTALL)];
  assert.equal(
    said(input([file("/var/cache", "x")], { stages, account: { stages: [{ name: undefined, hasSetup: false }] } })),
    ["/var/cache package-script"],
  );
});

test("files of a parent's package that setup changes, as far as the parent's attribution is known", () => {
  const given = input([file("/usr/bin/tool", "mine")]);
  const origin = { type: "package" as const, manager: "apt", name: "tool", version: "1" };
  const parent = { image: imageName("base"), files: [{ path: "/usr/bin/tool", kind: "file" as const, origin }] };
  assert.equal([...changedPackageFiles(given, attributeFiles(given), [parent])], [["/usr/bin/tool", "tool"]]);
});

test("a file with only other permissions stays what it was, and what they make of it counts", () => {
  const replaced = new Map([
    ["/bin/sh", { kind: "file" as const, mode: 0o755, same: true }],
    ["/etc/data", { kind: "file" as const, mode: 0o644, same: true }],
  ]);
  const entries = [file("/bin/sh", "sh", { mode: 0o4755 }), file("/etc/data", "data", { mode: 0o600 })];
  assert.equal(said(input(entries, { account: { replaced } })), ["/bin/sh base mode setuid", "/etc/data base mode"]);
});

test("artifacts, at their place and where setup has copied them to", () => {
  const copy: Instruction = { type: "copy", path: "artifacts/0/", target: "/app/" };
  const given = input([file("/app/run.sh", "run"), file("/usr/bin/run", "run", { mode: 0o4755 })], {
    stages: [stage(undefined, copy, SETUP)],
    context: [artifact("artifacts/0/run.sh", "run")],
  });
  assert.equal(said(given), ["/app/run.sh artifact", "/usr/bin/run artifact setuid"]);
});

test("what was copied out of a stage is what it was there", () => {
  const copy: Instruction = {
    type: "copy",
    from: { type: "stage", stage: "build" },
    path: "/out",
    target: "/app",
  };
  const stages = [stage("build", INSTALL, SETUP), stage(undefined, copy)];
  const names = ["made", "thing", "script", "base", "unknown"];
  const build = {
    name: "build",
    hasSetup: true,
    seen: seen(["/out/script"], { after: new Set(["/out/made", "/out/thing", "/out/script"]) }),
    below: new Map([["/out/base", "base"]]),
  };
  const given = input(
    names.map((name) => file(`/app/${name}`, name, { stage: 1, form: "elf" })),
    {
      stages,
      closure: [listed("apt", { files: [{ path: "/out/thing", sha256: "thing" }] }, { stage: "build" })],
      account: { stages: [build, { name: undefined, hasSetup: false }] },
    },
  );
  assert.equal(said(given), [
    "/app/base base from build",
    "/app/made setup in build from build executable",
    "/app/script package-script from build",
    "/app/thing package from build",
    "/app/unknown setup in build from build executable",
  ]);
});

test("packages that stand nowhere in particular: where their manager put them, and not where setup moved them", () => {
  const listing = {
    files: [
      { path: "/package.json", sha256: "json" },
      { path: "/lib/index.js", sha256: "js" },
    ],
    anchor: { path: "/package.json", directory: "/node_modules/thing" },
  };
  const at = (root: string) => [file(`${root}/lib/index.js`, "js"), file(`${root}/package.json`, "json")];
  const paths = (root: string) => at(root).map(({ path }) => path);
  const stages = [{ name: undefined, hasSetup: true, seen: seen(paths("/a/node_modules/thing")) }];
  const closure = [listed("npm", listing)];
  // The package's own `lib` is not the system's.
  const links = new Map([["/lib", "/usr/lib"]]);
  assert.equal(
    said(
      input([...at("/a/node_modules/thing"), ...at("/b/node_modules/thing")], { closure, account: { stages, links } }),
    ),
    [
      "/a/node_modules/thing/lib/index.js package",
      "/a/node_modules/thing/package.json package",
      "/b/node_modules/thing/lib/index.js setup module",
      "/b/node_modules/thing/package.json setup module",
    ],
  );
});

test("the home directory of a new user, and mount points, are nobody's settings", () => {
  const skeleton = new Map([[".bashrc", "bashrc"]]);
  const entries = [
    file("/home/a/.bashrc", "bashrc"),
    file("/home/b/.bashrc", "other"),
    file("/etc/hosts", "", { size: 0 }),
  ];
  assert.equal(said(input(entries, { account: { skeleton } })), [
    "/home/a/.bashrc setup",
    "/home/b/.bashrc setup setting",
  ]);
});

test.run();
