import type { LayerEntry } from "../model/attribution.js";
import { copySources } from "../model/copy-sources.js";
import type { LockedPackage } from "../model/lock.js";
import { stageChain, stageIndex } from "../model/recipe-stages.js";
import { type BuiltStages, copiesOf, isInstalled } from "./installed-files.js";
import { followed } from "./package-files.js";

/**
 * The files of packages as dpkg wrote them down while it installed them, without a network and from verified files. Only lists count
 * that nothing has changed since, so they say the truth about files that nothing has changed since either.
 */
export class DpkgLists {
  readonly #owners = new Map<string, LockedPackage>();
  readonly #configuration = new Set<string>();
  /** The packages whose lists are not there as dpkg wrote them. */
  readonly missing: readonly LockedPackage[];

  constructor(build: BuiltStages, closure: readonly LockedPackage[]) {
    const { account, stages } = build;
    const { links, dpkgLists } = account;
    const stageOf = new Map(account.entries.map(({ path, stage }) => [path, stage]));
    const own = new Set(stageChain(stages, stages.length - 1));
    const listOf = (entry: LockedPackage, ending: string) => {
      const names = [`${entry.name}.${ending}`, `${entry.name}:${entry.arch}.${ending}`];
      const path = names.map((name) => `${INFO}/${name}`).find((each) => dpkgLists.has(each));
      const stage = path === undefined ? undefined : stageOf.get(path);
      return path !== undefined && stage !== undefined && isInstalled(build, stage, path)
        ? (dpkgLists.get(path) ?? "").split("\n").map((line) => followed(line.trim(), links))
        : undefined;
    };
    const missing: LockedPackage[] = [];
    for (const entry of closure) {
      if (entry.manager !== "apt" || !own.has(stageIndex(stages, entry.stage))) continue;
      const paths = listOf(entry, "list");
      if (paths === undefined) missing.push(entry);
      for (const path of paths ?? []) this.#owners.set(path, entry);
      for (const path of listOf(entry, "conffiles") ?? []) this.#configuration.add(path);
    }
    this.missing = missing;
  }

  ownerOf(path: string): LockedPackage | undefined {
    return this.#owners.get(path);
  }

  isConfiguration(path: string): boolean {
    return this.#configuration.has(path);
  }
}

const INFO = "/var/lib/dpkg/info";
const STATUS = "/var/lib/dpkg/status";

/** Whether dpkg's database may have been written by something else than dpkg. */
export function isStatusOpen(build: BuiltStages): boolean {
  const entry = build.account.entries.find(({ path }) => path === STATUS);
  return entry === undefined || !isInstalled(build, entry.stage, STATUS);
}

/**
 * The packages whose files must be read to say what made the files of an image. What dpkg's lists say needs none; what `setup` may have
 * changed, and what stages hand on, does.
 */
export function packagesToRead(build: BuiltStages, closure: readonly LockedPackage[]): readonly LockedPackage[] {
  const { account, stages } = build;
  const debs = closure.filter(({ manager }) => manager === "apt");
  const others = closure.filter(({ manager }) => manager !== "apt");
  const lists = new DpkgLists(build, closure);
  if (lists.missing.length > 0 || (account.dpkgStatus !== undefined && isStatusOpen(build))) return closure;
  const changed = account.entries.flatMap((entry) => {
    const owner = isInstalled(build, entry.stage, entry.path) ? undefined : lists.ownerOf(entry.path);
    return owner === undefined || entry.kind === "directory" ? [] : [owner];
  });
  const own = new Set(stageChain(stages, stages.length - 1));
  const handing = new Set(
    [...stages.keys()]
      .filter((index) => !own.has(index) && handsOnPackages(build, index))
      .flatMap((index) => stageChain(stages, index)),
  );
  const read = new Set([...changed, ...debs.filter(({ stage }) => handing.has(stageIndex(stages, stage)))]);
  return [...others, ...read];
}

/** Whether something is copied out of a stage that may be a package's there. */
function handsOnPackages(build: BuiltStages, index: number): boolean {
  const { account, stages } = build;
  const name = stages[index]?.name;
  const isFile = ({ kind }: LayerEntry) => kind === "file" || kind === "link";
  return stages.some((stage) =>
    copiesOf(stage).some((copy) => {
      if (copy.from?.type !== "stage" || copy.from.stage !== name) return false;
      return account.entries.some(
        (entry) => isFile(entry) && copySources(copy, entry.path).some((path) => isHere(build, index, path)),
      );
    }),
  );
}

function isHere(build: BuiltStages, index: number, path: string): boolean {
  return stageChain(build.stages, index).some((at) => isInstalled(build, at, path));
}
