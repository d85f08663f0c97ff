import { chmod, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StageTrace } from "../model/attribution.js";
import type { Instruction, RecipeStage } from "../model/instructions.js";
import { shellQuote } from "../model/shell-quote.js";
import { makeDirectory } from "../system/make-directory.js";
import { printable } from "./tar-stream.js";

/**
 * Runs in place of the OCI runtime, and then is it. Buildah calls it before and after each RUN step, while nothing runs in the
 * container: it writes down the files that the container's own layer has then. Nothing in a container can set an inode's number or its
 * time of change (inode(7)), and the lists lie where no container reaches.
 *
 * Buildah gives the root file system to the runtime through a mount of its own (`mnt/rootfs` below the bundle, which is the current
 * directory). Its options name the layer where the storage driver is overlay; blanks and backslashes are octal numbers there (proc(5)).
 * Other drivers have whole trees, which are the layer and what it stands on: which one is told by what the mount shows of its file system.
 *
 * Each step finds the caches empty: package managers believe what is in them, and `setup` of one stage must not leave anything there for
 * the installation of another.
 */
const WRAPPER = `#!/bin/sh
runtime=$RUNTIME lists=$LISTS hashed=$HASHED cache=$CACHE fresh=$FRESH
look() {
  at=$(printf %s "$PWD/mnt/rootfs" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g; s/\\t/\\\\011/g')
  mount=$(at=$at awk '$5 == ENVIRON["at"]' /proc/self/mountinfo | tail -n 1)
  upper=$(printf '%s\\n' "$mount" | sed -n 's/.*,upperdir=\\([^,]*\\).*/\\1/p')
  list=$lists/$(find "$lists" -name '*.layer' | wc -l).$1
  key="tree $(printf '%s\\n' "$mount" | cut -d ' ' -f 3,4)" tree=$PWD/mnt/rootfs
  if [ -n "$upper" ]; then key="layer $upper" tree=$(printf %b "$upper"); fi
  [ -n "$mount" ] && cd "$tree" || { echo none > "$list.layer"; return; }
  find . -printf '%y %i %C@ /%P\\0' > "$list"
  if [ "$1" = create ] && [ -s "$hashed" ]; then
    while read -r pattern; do
      find . '(' -path ".$pattern" -o -path ".$pattern/*" ')' -type f -exec sha256sum -z '{}' +
    done < "$hashed" > "$list.hashes"
  fi
  printf '%s\\n' "$key" > "$list.layer"
}
renew() { find "$cache" -mindepth 1 -delete && cp -a "$fresh/." "$cache/"; }
case $1 in create|delete) (look "$1") > /dev/null 2>&1 < /dev/null ;; esac
case $1 in create) renew >&2 < /dev/null || exit 1 ;; esac
exec "$runtime" "$@"
`;

export interface SetupTrace {
  /** What Buildah is given as its runtime. */
  readonly runtime: string;
  /** What was seen, for each stage of the recipe. */
  read(): Promise<readonly StageTrace[]>;
}

const isSetup = ({ type }: Instruction) => type === "run" || type === "script";
const isStep = (instruction: Instruction) => instruction.type === "install" || isSetup(instruction);

/** The stages of a build that nobody watches. */
export const untraced = (stages: readonly RecipeStage[]): readonly StageTrace[] =>
  stages.map(({ name, instructions }) => ({ name, hasSetup: instructions.some(isSetup) }));

/** Whether what made a file cannot be told by the recipe alone: `setup` runs, or something is copied out of a stage. */
export const needsTrace = (stages: readonly RecipeStage[]) =>
  stages.some(({ instructions }) =>
    instructions.some((each) => isSetup(each) || (each.type === "copy" && each.from?.type === "stage")),
  );

export interface TracePlaces {
  /** One of the image's own. */
  readonly directory: string;
  /** The directory of its caches, as each step is to find it. */
  readonly cache: string;
}

/** Prepares watching a build with an OCI runtime. */
export async function prepareTrace(
  stages: readonly RecipeStage[],
  runtime: string,
  { directory, cache }: TracePlaces,
): Promise<SetupTrace> {
  const places = ["lists", "runtime", "hashed", "fresh"].map((name) => join(directory, name));
  const [lists, wrapper, hashed, fresh] = places as [string, string, string, string];
  makeDirectory(lists);
  await cp(cache, fresh, { recursive: true });
  await writeFile(hashed, copyTargets(stages));
  const values = { RUNTIME: runtime, LISTS: lists, HASHED: hashed, CACHE: cache, FRESH: fresh };
  const text = Object.entries(values).reduce(
    (all, [name, path]) => all.replace(`$${name}`, () => shellQuote(path)),
    WRAPPER,
  );
  await writeFile(wrapper, text);
  await chmod(wrapper, 0o755);
  return { runtime: wrapper, read: () => readTraces(stages, lists) };
}

/** Patterns of find(1) for what is copied from stages and images, a line each: `setup` may change the owner of these. */
function copyTargets(stages: readonly RecipeStage[]): string {
  const targets = stages.flatMap(({ instructions }) =>
    instructions.flatMap((instruction) =>
      instruction.type === "copy" && instruction.from !== undefined ? [instruction.target.replace(/\/+$/, "")] : [],
    ),
  );
  const patterns = [...new Set(targets)].map((target) => target.replace(/[\\*?[\]]/g, "\\$&"));
  return patterns.map((pattern) => `${pattern.replaceAll("\n", "?")}\n`).join("");
}

interface Look {
  readonly number: number;
  readonly when: "create" | "delete";
  readonly layer: string;
  readonly list: string;
}

async function readTraces(stages: readonly RecipeStage[], lists: string): Promise<readonly StageTrace[]> {
  const looks: Look[] = [];
  for (const name of await readdir(lists)) {
    const [, number, when] = /^(\d+)\.(create|delete)\.layer$/.exec(name) ?? [];
    if (number === undefined) continue;
    const list = join(lists, `${number}.${when}`);
    const layer = await readFile(join(lists, name), "utf8");
    looks.push({ number: Number(number), when: when as Look["when"], layer, list });
  }
  const byLayer = group(looks);
  const ran = stages.filter(({ instructions }) => instructions.some(isStep));
  const groups = [...byLayer.values()];
  const traces: StageTrace[] = [];
  for (const [index, trace] of untraced(stages).entries()) {
    const stage = stages[index] as RecipeStage;
    const own = groups.length === ran.length ? groups[ran.indexOf(stage)] : undefined;
    traces.push(own === undefined ? trace : await withLooks(trace, stage, own));
  }
  return traces;
}

function group(looks: readonly Look[]): ReadonlyMap<string, readonly Look[]> {
  const groups = new Map<string, Look[]>();
  for (const look of looks.toSorted((a, b) => a.number - b.number))
    groups.set(look.layer, [...(groups.get(look.layer) ?? []), look]);
  return groups;
}

/** Each step was looked at twice, or else it is not known which look belongs to which step. */
async function withLooks(
  trace: StageTrace,
  { base, instructions }: RecipeStage,
  looks: readonly Look[],
): Promise<StageTrace> {
  const steps = instructions.filter(isStep);
  const isPaired = looks.every(({ when }, index) => when === (index % 2 === 0 ? "create" : "delete"));
  const [first, last] = [looks[0], looks.at(-1)];
  if (!isPaired || looks.length !== 2 * steps.length || first === undefined || last === undefined) return trace;
  if (last.layer === "none\n") return trace;
  const installs = steps.filter((step) => !isSetup(step)).length;
  const beforeSetup = looks[2 * installs];
  // A bootstrapped system is there when the first step begins.
  const isBootstrap = base.type === "bootstrap";
  const whenInstalled = isBootstrap ? (beforeSetup ?? last) : looks[2 * installs - 1];
  const start = !isBootstrap && last.layer.startsWith("tree ") ? await readList(first.list) : new Map<string, string>();
  const read = async ({ list }: Look) => withoutUnchanged(await readList(list), start);
  const after = await read(last);
  const before = beforeSetup === undefined ? after : await read(beforeSetup);
  const installed = whenInstalled === undefined ? new Map() : await read(whenInstalled);
  const unchanged = [...installed].filter(([path, state]) => after.get(path) === state && before.get(path) === state);
  const copied = beforeSetup ? await readHashes(`${beforeSetup.list}.hashes`) : new Map();
  const seen = {
    installed: new Set(unchanged.map(([path]) => path)),
    before: filesOf(before),
    after: filesOf(after),
    copied,
  };
  return { ...trace, seen };
}

/** What the list of a tree has more than another one, as a layer of overlayfs would show it: what is gone is there as such. */
function withoutUnchanged(
  list: ReadonlyMap<string, string>,
  start: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  if (start.size === 0) return list;
  const changed = [...list].filter(([path, state]) => start.get(path) !== state);
  const gone = [...start.keys()].flatMap((path) => (list.has(path) ? [] : [[path, GONE] as const]));
  return new Map([...changed, ...gone]);
}

const GONE = "c";

/** The state of a regular file begins with `f`. */
const filesOf = (states: ReadonlyMap<string, string>) =>
  new Set([...states].filter(([, state]) => state.startsWith("f")).map(([path]) => path));

async function readRecords(path: string): Promise<Buffer[]> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const records: Buffer[] = [];
  for (let at = 0, end = bytes.indexOf(0); end >= 0; at = end + 1, end = bytes.indexOf(0, at))
    records.push(bytes.subarray(at, end));
  return records;
}

/** `TYPE INODE TIME /PATH`. */
async function readList(path: string): Promise<ReadonlyMap<string, string>> {
  const states = new Map<string, string>();
  for (const record of await readRecords(path)) {
    const slash = record.indexOf(0x2f);
    const state = record.toString("latin1", 0, slash);
    // Overlayfs marks what is deleted by links to one device, whose time changes with each.
    states.set(printable(record.subarray(slash)), state.startsWith("c") ? GONE : state);
  }
  return states;
}

/** `HASH  ./PATH`. */
async function readHashes(path: string): Promise<ReadonlyMap<string, string>> {
  const start = 64 + 2 + 1;
  return new Map(
    (await readRecords(path)).map((record) => [printable(record.subarray(start)), record.toString("latin1", 0, 64)]),
  );
}
