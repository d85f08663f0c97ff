import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { BuildAccount, LayerEntry, ReplacedFile, StageTrace } from "../model/attribution.js";
import { copySources } from "../model/copy-sources.js";
import type { RecipeStage } from "../model/instructions.js";
import type { Digest } from "../model/names.js";
import { stageChain, stageIndex } from "../model/recipe-stages.js";
import { hashFile } from "../system/hash-file.js";
import type { Buildah } from "./buildah.js";
import { findBelow, imageLayers, linkBelow, readBelow } from "./image-layers.js";
import { type Job, StepFailure } from "./runner.js";
import { tarOutput } from "./tar-output.js";
import type { TarMember } from "./tar-stream.js";

export interface Accounted {
  readonly imageId: Digest;
  readonly stages: readonly RecipeStage[];
  readonly traces: readonly StageTrace[];
  /** The layers of what each stage starts from in the end. */
  readonly bases: readonly (readonly string[])[];
}

const STATUS = "/var/lib/dpkg/status";

/** Directories that Debian and Fedora replaced by links into /usr. */
const LINKED = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/libo32"];

/** Reads from outside what a built image adds to what it starts from: nothing in it is run. Raises StepFailure. */
export async function readAccount(buildah: Buildah, build: Accounted, job: Job): Promise<BuildAccount> {
  try {
    const { imageId, stages, bases } = build;
    const all = await imageLayers(buildah.system, imageId);
    const below = bases[stages.length - 1] ?? [];
    const own = all.slice(0, all.length - below.length);
    if (below.join() !== all.slice(own.length).join()) throw new Error(`${imageId} does not stand on its base`);
    const isWhole = buildah.system.storage.driver === "vfs";
    const account = await (isWhole ? wholeAccount : layerAccount)({ own, below }, build, job);
    return { ...account, stages: await withBases(account, build) };
  } catch (error) {
    if (job.signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
    if (error instanceof StepFailure) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StepFailure("NOT_APPROVED", `what the build has added cannot be read: ${why}`);
  }
}

/** Directories, the highest layer first. */
interface AddedLayers {
  /** One for the image, and one for each of its stages that it derives from. */
  readonly own: readonly string[];
  readonly below: readonly string[];
}

interface ReadLayer {
  readonly entries: readonly LayerEntry[];
  readonly gone: readonly string[];
  readonly dpkgLists: ReadonlyMap<string, string>;
}

const DPKG_LIST = /^var\/lib\/dpkg\/info\/[^/]+\.(?:list|conffiles)$/;

async function layerAccount(layers: AddedLayers, build: Accounted, { signal }: Job): Promise<BuildAccount> {
  const { own, below } = layers;
  const chain = stagesOf(build, own.length);
  const last = build.stages.length - 1;
  const entries = new Map<string, LayerEntry>();
  const gone = new Set<string>();
  const dpkgLists = new Map<string, string>();
  for (const [index, directory] of [...own.entries()].reverse()) {
    const read = await readLayer(directory, chain[index] ?? last, signal);
    for (const path of read.gone) hide(path, entries, gone);
    for (const entry of read.entries) entries.set(entry.path, entry);
    for (const [path, text] of read.dpkgLists) dpkgLists.set(path, text);
  }
  const replaced = new Map<string, ReplacedFile>();
  for (const entry of entries.values()) {
    if (entry.kind === "directory") continue;
    const found = findBelow(below, entry.path);
    const before = found === undefined ? undefined : await replacedFile(found, entry);
    if (before) replaced.set(entry.path, before);
  }
  return {
    entries: [...entries.values()],
    deleted: [...gone],
    replaced,
    stages: build.traces,
    dpkgLists,
    ...(await surroundings(own, below)),
  };
}

/** The stage that each layer belongs to, the image's own first; none where that cannot be told. */
function stagesOf({ stages }: Accounted, layers: number): readonly number[] {
  const chain = stageChain(stages, stages.length - 1);
  return chain.length === layers ? chain : [];
}

/** Adds to each stage the hashes of what may have been copied out of it and comes from what it starts from. */
async function withBases(
  { entries, stages: traces }: BuildAccount,
  { stages, bases }: Accounted,
): Promise<readonly StageTrace[]> {
  const below = traces.map(() => new Map<string, string>());
  for (const { stage, path } of copiedFiles(stages, entries)) {
    if (traces[stage]?.seen?.after.has(path)) continue;
    const found = findBelow(bases[stage] ?? [], path);
    if (found !== undefined && lstatSync(found).isFile()) below[stage]?.set(path, (await hashFile(found)).sha256);
  }
  return traces.map((trace, index) => (below[index]?.size ? { ...trace, below: below[index] } : trace));
}

/** Where files may come from that stages have been the source of. */
function copiedFiles(stages: readonly RecipeStage[], entries: readonly LayerEntry[]) {
  const copies = stages.flatMap(({ instructions }) => instructions.filter((each) => each.type === "copy"));
  return copies.flatMap((copy) => {
    const stage = copy.from?.type === "stage" ? stageIndex(stages, copy.from.stage) : -1;
    if (stage < 0) return [];
    return entries.flatMap(({ path, kind }) =>
      kind === "file" ? copySources(copy, path).map((source) => ({ stage, path: source })) : [],
    );
  });
}

/** What a layer takes away is taken away from the layers that it stands on. */
function hide(path: string, entries: Map<string, LayerEntry>, gone: Set<string>): void {
  for (const at of entries.keys()) if (at === path || at.startsWith(`${path}/`)) entries.delete(at);
  gone.add(path);
}

async function replacedFile(found: string, entry: LayerEntry): Promise<ReplacedFile | undefined> {
  const stats = lstatSync(found);
  if (stats.isDirectory()) return undefined;
  const mode = stats.mode & 0o7777;
  if (stats.isFile()) {
    const same = entry.kind === "file" && stats.size === entry.size && (await hashFile(found)).sha256 === entry.sha256;
    return { kind: "file", mode, same };
  }
  if (stats.isSymbolicLink()) return { kind: "link", mode, same: linkBelow([found], "") === entry.target };
  return { kind: stats.isFIFO() || stats.isSocket() ? "pipe" : "device", mode, same: false };
}

/** vfs keeps whole trees: what a layer adds is the difference of two. */
async function wholeAccount({ own, below }: AddedLayers, build: Accounted, { signal }: Job): Promise<BuildAccount> {
  const last = build.stages.length - 1;
  const chain = stagesOf(build, own.length);
  const trees: ReadLayer[] = [];
  for (const directory of [...own, below[0]]) trees.push(await readLayer(directory, last, signal));
  const lower = trees.slice(1).map(({ entries }) => new Map(entries.map((entry) => [entry.path, entry])));
  const top = trees[0] as ReadLayer;
  // An image may add no layer at all.
  const base = lower.at(-1) ?? new Map(top.entries.map((entry) => [entry.path, entry]));
  const replaced = new Map<string, ReplacedFile>();
  const entries = top.entries.flatMap((entry) => {
    const index = lower.findIndex((tree) => !isSame(tree.get(entry.path), entry));
    if (index < 0) return [];
    const old = base.get(entry.path);
    if (old !== undefined && old.kind !== "directory") {
      const same = old.kind === entry.kind && old.sha256 === entry.sha256 && old.target === entry.target;
      replaced.set(entry.path, { kind: old.kind, mode: old.mode, same });
    }
    return [{ ...entry, stage: chain[index] ?? last }];
  });
  const paths = new Set(top.entries.map(({ path }) => path));
  const lost = [...base.keys()].filter((path) => !paths.has(path));
  const deleted = lost.filter((path) => paths.has(path.slice(0, path.lastIndexOf("/")) || "/"));
  const around = await surroundings(own.slice(0, 1), below.slice(0, 1));
  return { entries, deleted, replaced, stages: build.traces, dpkgLists: top.dpkgLists, ...around };
}

function isSame(old: LayerEntry | undefined, entry: LayerEntry): boolean {
  if (old === undefined || old.kind === "directory" || old.kind !== entry.kind) return false;
  return (
    old.sha256 === entry.sha256 &&
    old.target === entry.target &&
    old.mode === entry.mode &&
    old.capable === entry.capable
  );
}

/** Names of files in /etc/skel (useradd(8)). */
const SKELETON = [".bashrc", ".bash_profile", ".bash_logout", ".profile", ".zshrc", ".kshrc", ".mkshrc", ".emacs"];

async function surroundings(
  own: readonly string[],
  below: readonly string[],
): Promise<Pick<BuildAccount, "links" | "skeleton" | "dpkgStatus">> {
  const all = [...own, ...below];
  const links = new Map<string, string>();
  for (const directory of LINKED) {
    const target = linkBelow(all, directory);
    if (target !== undefined) links.set(directory, join("/", target));
  }
  const skeleton = new Map<string, string>();
  for (const name of SKELETON) {
    const found = findBelow(below, `/etc/skel/${name}`);
    if (found !== undefined && lstatSync(found).isFile()) skeleton.set(name, (await hashFile(found)).sha256);
  }
  const [before, after] = [readBelow(below, STATUS), readBelow(all, STATUS)];
  return { links, skeleton, ...(before === after ? {} : { dpkgStatus: { before, after } }) };
}

const CAPABILITY = "SCHILY.xattr.security.capability";
/** Set on directories that hide what is below them; fuse-overlayfs and rootless overlay use the second. */
const OPAQUE = ["SCHILY.xattr.trusted.overlay.opaque", "SCHILY.xattr.user.overlay.opaque"];
const INCLUDED = ["security.capability", "trusted.overlay.opaque", "user.overlay.opaque"];

/** tar(1) follows no links and opens nothing but regular files, and it reads extended attributes, which Node.js cannot. */
async function readLayer(directory: string | undefined, stage: number, signal: AbortSignal): Promise<ReadLayer> {
  if (directory === undefined) return { entries: [], gone: [], dpkgLists: new Map() };
  const attributes = ["--xattrs", ...INCLUDED.map((name) => `--xattrs-include=${name}`)];
  const args = ["--create", "--format=pax", "--numeric-owner", ...attributes, "--directory", directory, "."];
  const entries = new Map<string, LayerEntry>();
  const gone: string[] = [];
  const dpkgLists = new Map<string, string>();
  const wants = (name: string) => DPKG_LIST.test(name);
  for await (const member of tarOutput("tar", args, { signal, wants })) {
    const path = `/${member.name}`;
    if (path === "/") continue;
    const isWhiteout = member.type === "3" && member.device.every((number) => number === 0);
    if (isWhiteout) gone.push(path);
    else entries.set(path, entryOf(member, { path, stage }, entries));
    if (member.content !== undefined) dpkgLists.set(path, member.content.toString("utf8"));
    if (OPAQUE.some((name) => member.extended.get(name)?.toString() === "y")) gone.push(path);
  }
  return { entries: [...entries.values()], gone, dpkgLists };
}

const KINDS: Readonly<Record<string, LayerEntry["kind"]>> = { "0": "file", "2": "link", "5": "directory", "6": "pipe" };

function entryOf(
  member: TarMember,
  place: Pick<LayerEntry, "path" | "stage">,
  entries: ReadonlyMap<string, LayerEntry>,
): LayerEntry {
  const { type, mode, size, sha256, form, target, extended } = member;
  const first = type === "1" ? entries.get(`/${target.replace(/^\.\//, "")}`) : undefined;
  if (first !== undefined) return { ...first, ...place };
  return {
    ...place,
    kind: KINDS[type] ?? "device",
    mode: mode & 0o7777,
    size,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(form === undefined ? {} : { form }),
    ...(type === "2" ? { target } : {}),
    ...(extended.has(CAPABILITY) ? { capable: true as const } : {}),
  };
}
