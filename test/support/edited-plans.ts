import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { simpleGit } from "simple-git";
import { LONG_AGO, loadDesired } from "../../src/app/catalogue/desired.js";
import { planBetweenCommits } from "../../src/app/plan/between-commits.js";
import { readSnapshot } from "../../src/app/plan/snapshot-file.js";
import type { Context } from "../../src/context.js";
import { openCommit } from "../../src/load/git/commit-tree.js";
import { managersOf } from "../../src/packages/managers.js";
import { inheritedChanges } from "../../src/policy/inherited-changes.js";
import { withdrawalProblems } from "../../src/policy/withdrawals.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { diagnosticsText } from "../../src/report/diagnostics.js";
import { PLAIN } from "../../src/report/palette.js";
import { planBetween } from "../../src/resolve/plan.js";
import { locked } from "./lock.js";
import { freshLock } from "./lock-catalogue.js";
import { memoryTree } from "./memory-tree.js";
import { assert } from "./suite.js";

/** A change that a developer may make; the numbers choose what it changes. */
export type Edit = { readonly kind: Kind; readonly at: number; readonly to: number };

export const KINDS = [
  "env",
  "artifact",
  "shared",
  "add",
  "remove",
  "parent",
  "version",
  "list",
  "stray",
  "image-yaml",
  "broken",
  "exception",
  "module",
  "module-file",
  "use",
  "manifest",
  "stage",
  "copy",
  "matrix",
  "tests",
  "tags",
  "os",
  "user",
  "deprecate",
  "extendable",
  "packages",
  "withdraw",
  "move",
  "rename",
  "link",
  "labels",
] as const;

/** The possible changes of slipway.lock. */
export const LOCK_KINDS = ["lock", "bump", "open", "unlock", "conflict"] as const;

type Kind = (typeof KINDS)[number] | (typeof LOCK_KINDS)[number];

const COUNT = 9;

/** $SLIPWAY_PLAN_RUNS: how many times more cases than in every run of the tests. */
const TIMES = Number(process.env.SLIPWAY_PLAN_RUNS ?? 1);

type Files = Map<string, string>;

const nameOf = (at: number) => `img-${at % COUNT}`;
const fileOf = (at: number) => `images/${nameOf(at)}/${nameOf(at)}.yaml`;

/** Additional parts of some images: modules, build stages, files of other images, a package manifest. */
const MORE: Readonly<Record<number, string>> = {
  3: "modules: [m]\n",
  6: `stages:
  - { name: build, parent: img-1, modules: [n], artifacts: [{ path: files, dest: /src }] }
artifacts:
  - { image: build, path: /src/a.txt, target: /a }
  - { image: img-4, path: /x, target: /x }
`,
  8: "runtime-manifest: requirements.txt\n",
};
const MODULES = "catalog/modules";

/** The beginning of what stands for a symbolic link; the rest is its target. */
const LINK = "link to ";

const variants = (values: string) => `name: variant-\${{ matrix.x }}
version: 1
matrix: { x: [${values}] }
parent: img-2
modules: [m]
env: { X: "\${{ matrix.x }}" }
`;

/** A base image and a binary tree of derived images; every third image copies a file, its own or a shared one. */
function start(): Files {
  const files: Files = new Map([
    [
      "catalog/system/debian.yaml",
      "kind: SystemPackages\nos: debian\npackages:\n  - { name: curl, versions: [1.*] }\n",
    ],
    ["catalog/runtime/python3.yaml", "language: python3\npackages: [{ name: flask }]\n"],
    ["images/shared/motd.txt", "hello\n"],
    [`${MODULES}/m/module.yaml`, "name: m\nversion: 1\nmodules: [n]\nsetup: [[x]]\n"],
    [`${MODULES}/n/module.yaml`, "name: n\nversion: 1\nartifacts: [{ path: conf, target: /etc/n }]\n"],
    [`${MODULES}/n/conf`, "conf\n"],
    ["images/img-6/files/a.txt", "6\n"],
    ["images/img-8/requirements.txt", "flask\n"],
    ["images/variants/image.yaml", variants("a, b")],
  ]);
  for (let at = 0; at < COUNT; at++) {
    const origin =
      at === 0 ? "kind: BaseImage\nfrom: scratch\nos: debian\nlanguage: python3" : `parent: ${nameOf((at - 1) >> 1)}`;
    const packages = at % 4 === 2 ? "system-packages: [curl]\n" : "";
    const own = at % 3 === 1 ? "artifacts:\n  - { path: files, dest: /opt }\n" : "";
    const shared = at % 3 === 2 ? "artifacts:\n  - { path: /images/shared/motd.txt, target: /etc/motd }\n" : "";
    files.set(fileOf(at), `name: ${nameOf(at)}\nversion: 1.0\n${origin}\n${packages}${own}${shared}${MORE[at] ?? ""}`);
    if (own) files.set(`images/${nameOf(at)}/files/a.txt`, `${at}\n`);
  }
  return files;
}

/** A lockfile that fits the files; one image has a different version from the rest, or is open. */
async function lockFiles(files: Files, { other, open }: { readonly other?: string; readonly open?: string } = {}) {
  const text = await freshLock(memoryTree(Object.fromEntries(files)), (name) => {
    if (name === open) return undefined;
    return /[0-3]$/.test(name) ? [locked("curl", name === other ? "1.2" : "1.1")] : [];
  });
  files.set("slipway.lock", text);
}

/** Changes of recipes, files, definitions and the lockfile. */
function commonEdits(files: Files, { at, to }: Edit) {
  const file = fileOf(at);
  const text = files.get(file) ?? "";
  return {
    env: () => files.set(file, `${text}env: { X${to}: y }\n`),
    artifact: () => files.set(`images/${nameOf(at)}/files/b${to}.txt`, `${to}\n`),
    shared: () => files.set("images/shared/motd.txt", `hello ${to}\n`),
    add: () => files.set(`images/new-${to}/image.yaml`, `name: new-${to}\nversion: 1\nparent: ${nameOf(at)}\n`),
    remove: () => files.delete(file),
    parent: () => files.set(file, text.replace(/parent: .*/, `parent: ${nameOf(to)}`)),
    version: () => files.set(file, text.replace("version: 1.0", `version: 1.${to}`)),
    list: () =>
      files.set(
        "catalog/system/debian.yaml",
        `kind: SystemPackages\nos: debian\npackages:\n  - { name: curl, versions: [${to}.*] }\n`,
      ),
    stray: () =>
      files.set(`images/${nameOf(at)}/second.yaml`, `name: second-${to % 2}\nversion: 1\nparent: ${nameOf(to)}\n`),
    "image-yaml": () =>
      files.set(`images/${nameOf(at)}/image.yaml`, `name: img-other-${to}\nversion: 1\nparent: ${nameOf(to)}\n`),
    broken: () => files.set(file, `${text}nonsense: ${to}\n`),
    // Needed or not; valid, expired or about to expire; for an image near the other changes or far from them.
    exception: () => {
      if (to % 2 === 0) files.set(file, `${text}system-packages: [jq]\n`.replace("system-packages: [curl]\n", ""));
      const expires = ["2026-12-31", "2026-12-31", "2026-06-10", "2026-01-31"][to % 4];
      files.set(
        "policies/exceptions.yaml",
        `exceptions:\n  - { rule: package-not-approved, image: ${nameOf(at)}, owner: "@a", reason: b, expires: ${expires} }\n`,
      );
    },
    module: () => files.set(`${MODULES}/m/module.yaml`, `name: m\nversion: 1\nmodules: [n]\nenv: { M: ${to} }\n`),
    "module-file": () => files.set(`${MODULES}/n/conf`, `conf ${to}\n`),
    use: () => files.set(file, `${text}modules: [${["m", "n", "missing"][to % 3]}]\n`),
    manifest: () => files.set("images/img-8/requirements.txt", `flask==${to}\n`),
    stage: () => files.set(file, `${text}stages: [{ name: img-5, parent: ${nameOf(to)}, env: { S: ${at} } }]\n`),
    copy: () =>
      files.set(
        file,
        `${text.replace(/artifacts:\n[\s\S]*/, "")}artifacts: [{ image: ${nameOf(to)}, path: /x, target: /y }]\n`,
      ),
    lock: () => lockFiles(files),
    bump: () => lockFiles(files, { other: nameOf(at) }),
    open: () => lockFiles(files, { open: nameOf(at) }),
    unlock: () => files.delete("slipway.lock"),
    conflict: () => files.set("slipway.lock", `${files.get("slipway.lock") ?? ""}<<<<<<< HEAD\n`),
    matrix: () => files.set("images/variants/image.yaml", variants(["a", "a, b, c", "a, a", "b, img"][to % 4] ?? "")),
  };
}

/** Changes that other images may see, and of where definitions stand. */
function inheritedEdits(files: Files, { at, to }: Edit) {
  const file = fileOf(at);
  const text = files.get(file) ?? "";
  return {
    tests: () => files.set(file, `${text}tests: [{ name: t, command: [test, "${to}"] }]\n`),
    tags: () => files.set(file, `${text}tags: [stable-${to}]\n`),
    os: () => files.set(file, text.replace("os: debian", `os: ${to % 2 === 0 ? "photon" : "alpine"}`)),
    user: () => files.set(file, `${text}run: { user: "${to % 3}", shell: [/bin/sh${to}] }\n`),
    deprecate: () => files.set(file, `${text}metadata: { deprecated: { reason: old, replacement: ${nameOf(to)} } }\n`),
    extendable: () => files.set(file, `${text}metadata: { extendable: ${to % 2 === 0} }\n`),
    packages: () => files.set(file, text.replace("system-packages: [curl]\n", "")),
    withdraw: () =>
      files.set(
        "catalog/system/debian.yaml",
        `kind: SystemPackages\nos: debian\npackages:\n  - name: curl\n    withdrawn: { reason: old, dependents: ${to % 3 === 0 ? "refuse" : "deprecate"} }\n`,
      ),
    move: () => {
      files.delete(file);
      files.set(`images/a${to}/${nameOf(at)}.yaml`, text);
    },
    // Only its own name: images that are built on it are then without a parent.
    rename: () => files.set(file, text.replace(`name: ${nameOf(at)}\n`, `name: ${nameOf(at)}-${to}\n`)),
    link: () => files.set(`images/${nameOf(at)}/files/link`, `${LINK}a.txt`),
    labels: () => files.set(file, `${text}labels: { org.example.team: "${to}" }\n`),
  };
}

async function apply(files: Files, edit: Edit): Promise<void> {
  await { ...commonEdits(files, edit), ...inheritedEdits(files, edit) }[edit.kind]();
}

const edits = (kinds: readonly Kind[]) =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(COUNT - 1), to: fc.nat(COUNT - 1) }), {
    minLength: 1,
    maxLength: 3,
  });

export const edit = (kind: Kind, at = 0, to = 1): Edit[] => [{ kind, at, to }];

async function commit(directory: string, before: Files, files: Files): Promise<string> {
  for (const path of before.keys()) if (!files.has(path)) await rm(join(directory, path));
  for (const [path, text] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await rm(join(directory, path), { force: true });
    if (text.startsWith(LINK)) await symlink(text.slice(LINK.length), join(directory, path));
    else await writeFile(join(directory, path), text);
  }
  const git = simpleGit(directory);
  await git.raw("add", "--all");
  await git.raw(
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.com",
    "commit",
    "--quiet",
    "--allow-empty",
    "-m",
    "change",
  );
  return (await git.revparse(["HEAD"])).trim();
}

/** The plan and what is said besides, or the messages printed instead of one. */
async function outcome(directory: string, state: string, base: string, head: string): Promise<string> {
  const said: string[] = [];
  const context = {
    catalogue: directory,
    colors: { out: PLAIN, note: PLAIN },
    env: { SLIPWAY_STATE: state },
    note: (text: string) => said.push(text),
    today: () => TODAY,
  };
  try {
    const { plan } = await planBetweenCommits(context as unknown as Context, base, head);
    return `${JSON.stringify(plan, null, 1)}\n${said.join("")}`;
  } catch (error) {
    return `${error}\n${said.join("")}`;
  }
}

/** The same from reading both commits completely, without any snapshot. */
async function whole(directory: string, base: string, head: string): Promise<string> {
  const load = async (commit: string, today: string) =>
    loadDesired(await openCommit(directory, commit), builtInTemplates(), { today });
  const [before, after] = [await load(base, LONG_AGO), await load(head, TODAY)];
  const managers = managersOf(after.catalogue);
  const said = [
    after.diagnostics,
    [...inheritedChanges({ before, after }), ...withdrawalProblems({ before, after, managers, today: TODAY })],
  ].flatMap((problems) => (problems.length === 0 ? [] : [`${diagnosticsText(problems, PLAIN)}\n`]));
  return `${JSON.stringify(planBetween(before.desired, after.desired), null, 1)}\n${said.join("")}`;
}

const TODAY = "2026-06-01";

export interface EditedPlans {
  readonly kinds: readonly Kind[];
  /** Cases that are always tried: the changes of the first commit and of the second one. */
  readonly examples: readonly [Edit[], Edit[]][];
  readonly runs: number;
}

/** Compares plans between commits with plans from reading everything; returns how many of them were read in part. */
export async function checkEditedPlans({ kinds, examples, runs }: EditedPlans): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "slipway-refs-"));
  const [known, fresh] = [join(directory, ".known"), join(directory, ".fresh")];
  let narrow = 0;
  try {
    await simpleGit(directory).init();
    await writeFile(join(directory, ".gitignore"), ".known\n.fresh\n");
    await fc.assert(
      fc.asyncProperty(edits(kinds), edits(kinds), async (first, second) => {
        const files = start();
        const one = await commit(directory, new Map(), files);
        assert.match(await outcome(directory, known, one, one), /^\{/, "the catalogue that is changed is sound");
        const changed = new Map(files);
        for (const edit of first) await apply(changed, edit);
        const two = await commit(directory, files, changed);
        const changedAgain = new Map(changed);
        for (const edit of second) await apply(changedAgain, edit);
        const three = await commit(directory, changed, changedAgain);
        for (const [base, head] of [
          [one, two],
          [two, three],
          [three, one],
        ] as const) {
          await rm(fresh, { recursive: true, force: true });
          const indexBefore = await readSnapshot(known);
          const said = await outcome(directory, known, base, head);
          assert.is(said, await outcome(directory, fresh, base, head));
          if (said.startsWith("{")) assert.is(said, await whole(directory, base, head));
          if (indexBefore !== undefined && (await readSnapshot(known))?.head.commit === indexBefore.head.commit)
            narrow += 1;
        }
        await commit(directory, changedAgain, new Map([[".gitignore", ".known\n.fresh\n"]]));
      }),
      { numRuns: runs * TIMES, endOnFailure: true, examples: [...examples] },
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return narrow;
}
