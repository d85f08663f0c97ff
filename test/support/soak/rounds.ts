import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, open, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { unmount } from "../mounts.js";
import { type Running, signalGroup } from "../slipway-process.js";
import type { Random } from "./random.js";
import { type Site, unclear } from "./site.js";

const execute = promisify(execFile);

/** What one round has found. */
export interface Round {
  /** Faults that took place: kills that met a process, flipped bytes … */
  readonly faults: number;
  /** Runs that ended with an error that says what is wrong. */
  readonly errors: number;
  /** What must not be: wrong tags, hangs, unclear errors, leftovers. */
  readonly problems: readonly string[];
}

/** Kills a few runs, one after another, at random moments; then one may end. `undisturbed`: its milliseconds. */
export async function killRound(site: Site, random: Random, undisturbed: number): Promise<Round> {
  await site.reset(random.isTrue(0.3) ? "everything" : "registry");
  const problems: string[] = [];
  let faults = 0;
  let isDone = false;
  for (let left = 2 + random.below(8); left > 0; left -= 1) {
    // There is something to do.
    if (isDone || random.isTrue(0.4)) await site.reset("registry");
    const images = random.isTrue(0.4) ? site.images : [random.of(["base", ...site.images])];
    const running = site.start({ images });
    const ended = running.ended.then(() => "ended" as const);
    // `undisturbed` is what a base image and two others take.
    const latest = (undisturbed * (images.length + 1)) / (site.images.length + 1);
    const first = await Promise.race([ended, sleep(random.next() * latest, "due" as const)]);
    const whom = random.of(["group", "process", "child"] as const);
    if (first === "due" && (await kill(running, whom, random))) faults += 1;
    const run = await site.run(running);
    isDone = run.code === 0;
    if (whom === "child" && first === "due") problems.push(...unclear(run, [0, 1, 4]));
    problems.push(...site.wrongTags());
  }
  return { faults, errors: 0, problems: [...problems, ...(await mended(site))] };
}

/** A run without faults: it succeeds, and the end is as if nothing had happened. */
async function mended(site: Site): Promise<string[]> {
  const problems = unclear(await site.run(), [0]);
  return problems.length > 0 ? problems : [...site.wrongEnd(), ...(await site.leftovers())];
}

async function kill(running: Running, whom: "group" | "process" | "child", random: Random): Promise<boolean> {
  if (whom === "group") signalGroup(running, "SIGKILL");
  if (whom === "process") running.child.kill("SIGKILL");
  if (whom !== "child") return true;
  const children = descendants(running.child.pid ?? 0);
  if (children.length === 0) return false;
  try {
    process.kill(random.of(children), "SIGKILL");
    return true;
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

/** The processes below one, in any depth (proc(5), stat: the fourth field is the parent). */
function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== root && isBelow(parents.get(pid)));
}

/** A file system that is full at some write, or has too few inodes, several times; then it is large enough. */
export async function diskRound(site: Site, random: Random): Promise<Round> {
  await site.reset("everything");
  const isState = random.isTrue(0.7);
  const mount = isState ? site.state : site.registry;
  await mkdir(mount, { recursive: true });
  // A file system without a limit of inodes cannot be given one later, nor lose it.
  const isOfInodes = random.isTrue(0.2);
  const [least, most] = isOfInodes ? [3, 2000] : isState ? [100, 30_000] : [20, 3000];
  const limits = Array.from({ length: 1 + random.below(4) }, () => random.between(least, most)).sort((a, b) => a - b);
  const options = (limit: number) => (isOfInodes ? `nr_inodes=${limit}` : `size=${limit}k`);
  await execute("mount", ["-t", "tmpfs", "-o", isOfInodes ? "size=200m" : "nr_inodes=0", "tmpfs", mount]);
  try {
    const problems: string[] = [];
    let errors = 0;
    for (const limit of limits) {
      await execute("mount", ["-o", `remount,${options(limit)}`, mount]);
      const run = await site.run();
      problems.push(...unclear(run, [0, 4]), ...site.wrongTags());
      if (run.code === 0) break;
      errors += 1;
      const isClear = /no space left on|the disk (?:is full|has no inodes)/.test(run.said);
      if (!isClear) problems.push(`it does not say that the disk is full (${options(limit)})\n${run.said}`);
    }
    await execute("mount", ["-o", `remount,${options(isOfInodes ? 100_000 : 200_000)}`, mount]);
    problems.push(...(await mended(site)));
    return { faults: errors, errors, problems };
  } finally {
    await site.workspace.clear(site.state);
    await unmount(mount);
  }
}

/** How many files are damaged before each run. */
const AT_ONCE = 8;

/** Flips a bit, or cuts the end off, of files of all kinds below the state directory and the layout. */
export async function damageRound(site: Site, random: Random): Promise<Round> {
  const problems = unclear(await site.run(), [0]);
  const files = await filesByKind(site);
  let faults = 0;
  const damaged: string[] = [];
  for (; faults < AT_ONCE; faults += 1)
    damaged.push(await damage(random.of(files.get(random.of([...files.keys()])) ?? []), random));
  // Something is to be built on what is damaged.
  if (random.isTrue(0.7)) await forgetImage(site.registry, random);
  const first = await site.run();
  problems.push(...unclear(first, [0, 1, 4]));
  const second = first.code === 0 ? first : await site.run();
  problems.push(...(second === first ? [] : unclear(second, [0, 1, 4])));
  if (second.code === 0 && site.wrongEnd(true).length > 0) problems.push(...(await repaired(site)));
  if (second.code !== 0 || problems.length > 0) await site.reset("everything");
  const context = problems.map((problem) => `${problem}\ndamaged: ${damaged.join(", ")}`);
  return { faults, errors: [first, second].filter(({ code }) => code !== 0).length, problems: context };
}

/** What is wrong after damage that nobody has met, such as that of a document, was looked for and repaired. */
async function repaired(site: Site): Promise<string[]> {
  const verify = (...options: string[]) => site.run(site.start({ command: ["verify", ...options] }));
  const problems = [
    ...unclear(await verify(), [1]),
    ...unclear(await verify("--repair"), [1]),
    ...unclear(await site.run(), [0]),
    ...unclear(await verify(), [0]),
  ];
  return [...problems, ...site.wrongEnd(true)];
}

/** Kinds are what stands for itself in a path: `state/cache/inventory`, `registry/blobs`, `state/storage/overlay-images`. */
async function filesByKind({ directory }: Site): Promise<Map<string, string[]>> {
  const kinds = new Map<string, string[]>();
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile() || stats.size === 0 || name.startsWith("state/logs/")) continue;
    const kind = name
      .replace(/[0-9a-f]{20,}/g, "*")
      .split("/")
      .slice(0, 4)
      .join("/");
    kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
  }
  return kinds;
}

async function damage(path: string, random: Random): Promise<string> {
  const { size } = statSync(path);
  const at = random.below(size);
  if (random.isTrue(0.25)) {
    await truncate(path, at);
    return `${path} cut at ${at} of ${size}`;
  }
  const file = await open(path, "r+");
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    byte.writeUInt8(byte.readUInt8(0) ^ (1 << random.below(8)), 0);
    await file.write(byte, 0, 1, at);
  } finally {
    await file.close();
  }
  return `${path} at ${at} of ${size}`;
}

/** Takes the tags of one image out of a layout. */
async function forgetImage(registry: string, random: Random): Promise<void> {
  const file = join(registry, "index.json");
  const name = random.of(["base", "tools", "side"]);
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => !line.includes(`"${name}:`));
  const joined = lines.join("\n").replace(/,\n\]/, "\n]");
  try {
    JSON.parse(joined);
    await writeFile(file, joined);
  } catch {
    // It is damaged already.
  }
}

/** Several builders with state directories of their own on one registry; one may be killed. */
export async function buildersRound(site: Site, random: Random, undisturbed: number): Promise<Round> {
  await site.reset("registry");
  const runs = Array.from({ length: 2 + random.below(2) }, (_, index) =>
    site.start({ state: index === 0 ? site.state : `${site.state}-${index}` }),
  );
  const isKilled = random.isTrue(0.5);
  const all = runs.map((running) => site.run(running));
  if (isKilled) {
    await sleep(random.next() * undisturbed);
    for (const running of runs.slice(0, 1)) signalGroup(running, "SIGKILL");
  }
  const [, ...others] = await Promise.all(all);
  const problems = others.flatMap((run) => unclear(run, [0]));
  return { faults: isKilled ? 1 : 0, errors: 0, problems: [...problems, ...(await mended(site))] };
}
