import type {
  AttributedFile,
  Attribution,
  BuildAccount,
  CodeKind,
  FileOrigin,
  LayerEntry,
  StageTrace,
} from "../model/attribution.js";
import { copySources } from "../model/copy-sources.js";
import type { RecipeStage } from "../model/instructions.js";
import type { ImageName } from "../model/names.js";
import type { ContextEntry } from "../model/recipe.js";
import { stageBelow, stageChain, stageIndex } from "../model/recipe-stages.js";
import { codeKinds, grantedKinds, isSettingOfChildren } from "./code-kinds.js";
import { DpkgLists } from "./dpkg-lists.js";
import { copiesOf, isInstalled } from "./installed-files.js";
import { type ListedPackage, type PackageFile, PackageFiles } from "./package-files.js";

export interface AttributionInput {
  readonly account: BuildAccount;
  readonly stages: readonly RecipeStage[];
  readonly context: readonly ContextEntry[];
  /** The packages of all stages. */
  readonly closure: readonly ListedPackage[];
}

/** Says of each file that an image adds, changes or deletes what made it. */
export function attributeFiles(input: AttributionInput): readonly AttributedFile[] {
  const attributor = new Attributor(input);
  const files = input.account.entries.flatMap((entry) => attributor.attribute(entry));
  const deleted = input.account.deleted.map((path): AttributedFile => {
    return { path, kind: "deleted", origin: attributor.originOfDeletion(path) };
  });
  return [...files, ...deleted].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/**
 * The packages whose files have other bytes in the image than in the package, by path; configuration files may have others, and an
 * artifact may stand in the place of a file that is no code. `ancestors`: what the image starts from, as far as that is known, the nearest first.
 */
export function changedPackageFiles(
  input: AttributionInput,
  files: readonly AttributedFile[],
  ancestors: readonly Attribution[],
): ReadonlyMap<string, string> {
  const own = packagesOf(input);
  const lists = listsOf(input);
  const before = ancestors.map((each) => new Map(each.files.map((file) => [file.path, file])));
  const changed = new Map<string, string>();
  const code = new Set(input.account.entries.flatMap((entry) => (codeKinds(entry).length > 0 ? [entry.path] : [])));
  for (const { path, origin, kind } of files) {
    const isOther = origin.type === "setup" || (origin.type === "artifact" && code.has(path));
    if (!isOther || kind === "deleted") continue;
    const listed = own
      .at(-1)
      ?.at(path)
      .find((file) => file.configuration === undefined);
    const owner = listed?.entry ?? (lists.isConfiguration(path) ? undefined : lists.ownerOf(path));
    if (owner !== undefined) changed.set(path, owner.name);
    const old = before.map((each) => each.get(path)).find((file) => file !== undefined);
    if (old?.origin.type === "package" && old.configuration === undefined) changed.set(path, old.origin.name);
  }
  return changed;
}

const listsOf = (input: AttributionInput) =>
  new DpkgLists(
    input,
    input.closure.map(({ entry }) => entry),
  );

/** For each stage, the files of its packages and of those of the stages that it derives from. */
function packagesOf({ account, stages, closure }: AttributionInput): readonly PackageFiles[] {
  return stages.map((_, index) => {
    const chain = new Set(stageChain(stages, index));
    const own = closure.filter(({ entry }) => chain.has(stageIndex(stages, entry.stage)));
    return new PackageFiles(own, account);
  });
}

/** What tells one file of a stage from another. */
type Content = Pick<LayerEntry, "path" | "sha256" | "target" | "kind">;

/** What Buildah leaves where an image has no such file: its mount points. */
const MOUNT_POINTS = new Set(["/etc/hosts", "/etc/resolv.conf", "/run/.containerenv", "/proc", "/sys", "/dev"]);

/** Any package manager makes files executable, and none of those whose packages have no permissions makes them setuid. */
const EXECUTABLE = 0o777;

class Attributor {
  readonly #input: AttributionInput;
  readonly #artifacts = new Map<string, ContextEntry>();
  /** For each stage, the packages of those that it derives from as well. */
  readonly #packages: readonly PackageFiles[];
  readonly #lists: DpkgLists;

  constructor(input: AttributionInput) {
    this.#input = input;
    for (const entry of input.context) if (entry.mode !== "120000") this.#artifacts.set(entry.content, entry);
    this.#packages = packagesOf(input);
    this.#lists = listsOf(input);
  }

  attribute(entry: LayerEntry): AttributedFile[] {
    const { path, kind, mode, size, sha256, target } = entry;
    if (kind === "directory" || (MOUNT_POINTS.has(path) && size === 0 && kind === "file")) return [];
    const [found, through] = this.#origin(entry);
    const changed = this.#isModeChanged(entry, found);
    const made = { origin: found, ...through, ...(changed ? { modeChanged: true as const } : {}) };
    const code = this.#code(entry, found, through.copied !== undefined);
    return [
      {
        path,
        kind,
        ...(sha256 === undefined ? {} : { sha256, size }),
        ...(target === undefined ? {} : { target }),
        ...(kind === "link" ? {} : { mode: mode.toString(8).padStart(4, "0") }),
        ...made,
        ...(this.#isConfiguration(entry, found) ? { configuration: true as const } : {}),
        ...(code.length > 0 ? { code } : {}),
      },
    ];
  }

  originOfDeletion(path: string): FileOrigin {
    const { stages } = this.#input.account;
    const trace = stages.at(-1);
    const isOwn = trace === undefined || !trace.hasSetup || this.#isInstalled(stages.length - 1, path);
    return isOwn ? { type: "package-script" } : { type: "setup" };
  }

  #origin(entry: LayerEntry): readonly [FileOrigin, Partial<Pick<AttributedFile, "copied">>] {
    const { path } = entry;
    const index = entry.stage;
    const trace = this.#input.account.stages[index] as StageTrace;
    const own = this.#packageOrigin(index, entry);
    if (own !== undefined) return [own, {}];
    const artifact = this.#artifactOrigin(index, entry);
    if (artifact !== undefined) return [artifact, {}];
    const isUnchanged = this.#isInstalled(index, path);
    const listed = isUnchanged ? this.#lists.ownerOf(path) : undefined;
    if (listed !== undefined) return [packageOrigin({ entry: listed }), {}];
    if (this.#input.account.replaced.get(path)?.same) return [{ type: "base" }, {}];
    const copied = this.#copyOrigin(index, entry, trace);
    if (copied !== undefined) return copied;
    if (isUnchanged) return [{ type: "package-script" }, {}];
    const known = entry.sha256 === undefined ? undefined : this.#artifacts.get(entry.sha256);
    // `setup` has put a declared artifact in its place.
    if (known !== undefined) return [{ type: "artifact", from: known.from }, {}];
    return [{ type: "setup", ...stageOf(trace) }, {}];
  }

  /** The package that has exactly this file. A package that stands nowhere in particular must not have been moved by `setup`. */
  #packageOrigin(index: number, entry: Content): FileOrigin | undefined {
    const found = this.#packages[index]?.same(entry);
    if (found === undefined) return undefined;
    const { before } = this.#input.account.stages[index]?.seen ?? {};
    if (!found.isPlaced && before !== undefined && !before.has(entry.path)) return undefined;
    return packageOrigin(found);
  }

  #artifactOrigin(index: number, { path, sha256, target }: Content): FileOrigin | undefined {
    for (const copy of copiesOf(this.#input.stages[index])) {
      if (copy.from !== undefined) continue;
      const sources = new Set(copySources(copy, path));
      const from = this.#input.context.find((each) => sources.has(each.path) && each.content === (sha256 ?? target));
      if (from !== undefined) return { type: "artifact", from: from.from };
    }
    return undefined;
  }

  /** What was copied out of a stage or an image, if `setup` has not changed its bytes. */
  #copyOrigin(
    index: number,
    entry: Content,
    trace: StageTrace,
  ): readonly [FileOrigin, Pick<AttributedFile, "copied">] | undefined {
    const { seen, hasSetup } = trace;
    const isKept = !hasSetup || (seen !== undefined && seen.copied.get(entry.path) === entry.sha256);
    for (const copy of copiesOf(this.#input.stages[index])) {
      const { from } = copy;
      if (from === undefined || !isKept) continue;
      for (const path of copySources(copy, entry.path)) {
        if (from.type === "image") {
          const copied = { from: from.image, path };
          return [{ type: "base", image: from.image }, { copied }];
        }
        const origin = this.#originInStage(stageIndex(this.#input.stages, from.stage), { ...entry, path });
        if (origin !== undefined) return [origin, { copied: { from: from.stage, path } }];
      }
    }
    return undefined;
  }

  /** undefined: the stage has no such file. */
  #originInStage(index: number, entry: Content): FileOrigin | undefined {
    const trace = this.#input.account.stages[index];
    if (trace === undefined) return undefined;
    const { path, sha256 } = entry;
    const own = this.#packageOrigin(index, entry) ?? this.#artifactOrigin(index, entry);
    if (own !== undefined) return own;
    if (sha256 !== undefined && trace.below?.get(path) === sha256) return this.#baseOf(index);
    const through = this.#copyOrigin(index, entry, trace)?.[0];
    if (through !== undefined) return through;
    const below = stageBelow(this.#input.stages, index);
    if (trace.seen !== undefined && !trace.seen.after.has(path) && below >= 0) return this.#originInStage(below, entry);
    if (this.#isInstalled(index, path)) return { type: "package-script" };
    const known = sha256 === undefined ? undefined : this.#artifacts.get(sha256);
    if (known !== undefined) return { type: "artifact", from: known.from };
    if (!trace.hasSetup && trace.seen === undefined) return this.#baseOf(index);
    return { type: "setup", ...stageOf(trace) };
  }

  #baseOf(index: number): FileOrigin {
    const base = this.#input.stages[stageChain(this.#input.stages, index).at(-1) as number]?.base;
    return { type: "base", ...(base?.type === "image" ? { image: base.image as ImageName } : {}) };
  }

  #isInstalled(index: number, path: string): boolean {
    return isInstalled(this.#input, index, path);
  }

  #code(entry: LayerEntry, origin: FileOrigin, isCopied: boolean): readonly CodeKind[] {
    const { account } = this.#input;
    if (origin.type === "setup") {
      const kinds = codeKinds(entry);
      const name = entry.path.slice(entry.path.lastIndexOf("/") + 1);
      const isSkeleton = entry.sha256 !== undefined && account.skeleton.get(name) === entry.sha256;
      return isSkeleton ? kinds.filter((kind) => kind !== "setting") : kinds;
    }
    if (isOthersArtifact(origin) && isSettingOfChildren(entry.path)) return ["setting"];
    const trace = account.stages[entry.stage] as StageTrace;
    if (!trace.hasSetup || this.#isInstalled(entry.stage, entry.path)) return [];
    if (isCopied || origin.type === "artifact") return grantedKinds(entry, EXECUTABLE | this.#declaredMode(entry));
    return grantedKinds(entry, this.#ownMode(entry, origin) ?? EXECUTABLE);
  }

  #isConfiguration(entry: LayerEntry, origin: FileOrigin): boolean {
    if (origin.type !== "package") return false;
    return this.#lists.isConfiguration(entry.path) || this.#packages[entry.stage]?.same(entry)?.configuration === true;
  }

  #isModeChanged(entry: LayerEntry, origin: FileOrigin): boolean {
    return entry.kind === "file" && (this.#ownMode(entry, origin) ?? entry.mode) !== entry.mode;
  }

  /** The permissions of a file before `setup`; undefined: they are not known. */
  #ownMode(entry: LayerEntry, origin: FileOrigin): number | undefined {
    const own = origin.type === "package" ? this.#packages[entry.stage]?.same(entry) : undefined;
    const before = origin.type === "base" && !origin.image ? this.#input.account.replaced.get(entry.path) : undefined;
    return (own ?? before)?.mode;
  }

  /** The permissions that an artifact asks for. */
  #declaredMode({ sha256 }: LayerEntry): number {
    const { permissions } = this.#artifacts.get(sha256 ?? "") ?? {};
    return permissions === undefined ? 0 : Number.parseInt(permissions, 8);
  }
}

/** Whether a file is an artifact that is not in `catalog/`, whose files belong to administrators. */
const isOthersArtifact = (origin: FileOrigin) => origin.type === "artifact" && !origin.from.startsWith("catalog/");

const stageOf = ({ name }: StageTrace) => (name === undefined ? {} : { stage: name });

const packageOrigin = ({ entry: { manager, name, version } }: Pick<PackageFile, "entry">): FileOrigin => {
  return { type: "package", manager, name, version };
};
