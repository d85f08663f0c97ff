import { closeSync, constants, type Dirent, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { resolveInside } from "./inside.js";
import { StepFailure } from "./runner.js";

/** Which files are of interest; directories as isWanted of packages/inventory takes them. */
export interface Wanted {
  isWanted(directory: string, name: string): boolean;
  isWantedDirectory(directory: string, name: string): boolean;
  /** Links that are followed, inside the root, as if their targets stood in their place. */
  isWantedLink(directory: string, name: string): boolean;
}

export interface FoundFiles {
  /** Absolute below the root, sorted. */
  readonly paths: readonly string[];
  /** The first `limit` bytes as text; undefined: there is no such regular file. */
  read(path: string, limit: number): string | undefined;
}

/** Whatever an image has there is hidden by the mounts of every container. */
const HIDDEN = new Set(["/proc", "/sys", "/dev"]);

/** Milliseconds between two looks at whether the run was interrupted. */
const PATIENCE = 50;

/** The most that is read of one image; package managers of large images need less than a tenth. */
const MAX_BYTES = 256 << 20;

/**
 * Finds files below a root with hostile content: no link leads out of it, nothing but regular files is opened, and no amount of them
 * fills the memory. Names are bytes: as Latin-1 none is lost on the way back to the kernel.
 * Raises StepFailure.
 */
export async function findFiles(root: string, wanted: Wanted, signal: AbortSignal): Promise<FoundFiles> {
  const walk = new Walk(Buffer.from(root).toString("latin1"), wanted);
  for (let rest = Date.now() + PATIENCE; walk.step(); ) {
    if (Date.now() < rest) continue;
    await setImmediate();
    if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
    rest = Date.now() + PATIENCE;
  }
  let budget = MAX_BYTES;
  const read = (path: string, limit: number) => {
    const real = walk.places.get(path) ?? outside(root, path);
    const bytes = real && readStart(Buffer.concat([Buffer.from(root), bytesOf(real)]), limit);
    if (bytes === undefined) return undefined;
    budget -= bytes.length;
    if (budget < 0)
      throw new StepFailure(
        "NOT_APPROVED",
        "what is installed cannot be read: it is more than 256 MiB of package lists",
      );
    return bytes.toString("utf8");
  };
  return { paths: [...walk.places.keys()].sort(), read };
}

/** A file that the search did not come by: any part of its path may be a link. */
function outside(root: string, path: string): string | undefined {
  const real = resolveInside(root, path);
  return real && Buffer.from(real).toString("latin1");
}

const bytesOf = (latin1: string) => Buffer.from(latin1, "latin1");
const textOf = (latin1: string) => bytesOf(latin1).toString("utf8");

interface Directory {
  /** The real path, and the one under which it is found: both absolute in Latin-1, the root being empty. */
  readonly real: string;
  readonly shown: string;
  /** How many levels of directories are searched; left out: all. */
  readonly levels?: number;
}

/** From `node_modules` that is a link to what lies in a scope there: whatever is deeper has such a name of its own. */
const LEVELS_BEHIND_LINK = 3;

class Walk {
  /** Where files really are (Latin-1), by the path under which they are found. */
  readonly places = new Map<string, string>();
  readonly #root: string;
  readonly #wanted: Wanted;
  readonly #waiting: Directory[] = [{ real: "", shown: "" }];
  #links: string[] = [];
  #round: string[] = [];
  readonly #seen = new Set<string>();
  /** Directories that links have led to: a loop of links is walked once. */
  readonly #followed = new Set<string>();

  constructor(root: string, wanted: Wanted) {
    this.#root = root;
    this.#wanted = wanted;
  }

  /** Looks at one directory or link; false: all is done. */
  step(): boolean {
    const directory = this.#waiting.pop();
    if (directory !== undefined) {
      for (const entry of entriesOf(this.#root + directory.real)) this.#look(directory, entry);
      return true;
    }
    // Last, so that what has a name of its own is known by that name; in an order that is always the same.
    if (this.#round.length === 0) {
      this.#round = this.#links.sort().reverse();
      this.#links = [];
    }
    const link = this.#round.pop();
    if (link === undefined) return false;
    this.#follow(link);
    return true;
  }

  #look({ real, shown, levels }: Directory, entry: Dirent<string>): void {
    const { name } = entry;
    const path = `${shown}/${name}`;
    if (entry.isFile()) {
      if (this.#wanted.isWanted(shown, name)) this.#add(path, `${real}/${name}`);
    } else if (entry.isDirectory()) {
      if (HIDDEN.has(path)) return;
      if (this.#wanted.isWantedDirectory(shown, name)) this.#add(path, `${real}/${name}`);
      if (levels === undefined) this.#waiting.push({ real: `${real}/${name}`, shown: path });
      else if (levels > 1) this.#waiting.push({ real: `${real}/${name}`, shown: path, levels: levels - 1 });
    } else if (entry.isSymbolicLink()) {
      if (this.#wanted.isWantedLink(shown, name) || this.#wanted.isWanted(shown, name)) this.#links.push(path);
    }
  }

  #add(shown: string, real: string): void {
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    this.places.set(textOf(shown), real);
  }

  #follow(shown: string): void {
    const target = resolveInside(textOf(this.#root), textOf(shown));
    if (target === undefined) return;
    const real = Buffer.from(target).toString("latin1");
    const stats = lstatSync(bytesOf(this.#root + real), { throwIfNoEntry: false });
    const cut = shown.lastIndexOf("/");
    if (stats?.isFile() && this.#wanted.isWanted(shown.slice(0, cut), shown.slice(cut + 1))) this.#add(shown, real);
    if (!stats?.isDirectory() || real === "/" || this.#followed.has(real)) return;
    this.#followed.add(real);
    this.#waiting.push({ real, shown, levels: LEVELS_BEHIND_LINK });
  }
}

function entriesOf(path: string): Dirent<string>[] {
  try {
    return readdirSync(bytesOf(path), { withFileTypes: true, encoding: "latin1" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    // What cannot be read could hold anything.
    const start = textOf(path.slice(-80));
    throw new StepFailure("NOT_APPROVED", `what is installed cannot be read: …${start}: ${code}`);
  }
}

/** Never waits: not even for the writer of a FIFO. */
function readStart(path: Buffer, limit: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(stats.size, limit, MAX_BYTES + 1));
    let size = 0;
    while (size < bytes.length) {
      const count = readSync(file, bytes, size, bytes.length - size, null);
      if (count === 0) break;
      size += count;
    }
    return bytes.subarray(0, size);
  } finally {
    closeSync(file);
  }
}
