import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "../model/inventory.js";
import { type FoundFiles, findFiles, type Wanted } from "./find-files.js";
import type { ImageContainer } from "./image-container.js";
import { lastLines, run } from "./process.js";
import { type Job, StepFailure } from "./runner.js";

export interface ScanImageDeps {
  /** A directory of this run. */
  readonly temporary: string;
  readonly reader: InventoryReader;
}

/** Interprets files: packages/inventory. */
export interface InventoryReader {
  readonly wanted: Wanted;
  readonly rpm: {
    /** The directory of rpm's database among files that were found. */
    databaseOf(paths: readonly string[]): string | undefined;
    readonly query: string;
  };
  read(files: FoundFiles, rpm?: { readonly text: string; readonly place: string }): Inventory;
}

/** Seconds. */
const RPM_TIMEOUT = 120;

/** Bytes that rpm may print: a hundred times what a large image has. */
const MAX_ANSWER = 256 << 20;

/** Where the image's own rpm leaves its answer. */
const INSIDE = "/.slipway-rpm";

/** Reads what is installed in an image from outside: nothing in it is run, unless it is its rpm. Raises StepFailure. */
export async function scanImage(
  deps: ScanImageDeps,
  container: ImageContainer,
  { signal }: Pick<Job, "signal">,
): Promise<Inventory> {
  const { reader } = deps;
  const root = await container.root(unreadable);
  const files = await findFiles(root, reader.wanted, signal);
  const place = reader.rpm.databaseOf(files.paths);
  if (place === undefined) return reader.read(files);
  return reader.read(files, { place, text: await askRpm(deps, { root, files, place, container, signal }) });
}

interface Asking {
  readonly root: string;
  readonly files: FoundFiles;
  readonly place: string;
  readonly container: ImageContainer;
  readonly signal: AbortSignal;
}

/** This machine's rpm reads the database, or else the image's own. Its answer may be too long for a pipe. */
async function askRpm(deps: ScanImageDeps, { root, files, place, container, signal }: Asking): Promise<string> {
  const { temporary, reader } = deps;
  const script = (target: string) => ["/bin/sh", "-c", 'target=$1; shift; exec rpm "$@" > "$target"', "sh", target];
  const query = ["-qa", "--queryformat", reader.rpm.query];
  const own = join(temporary, `${await container.start(unreadable)}.rpm`);
  const [shell = "", ...args] = [...script(own), "--dbpath", root + place, ...query];
  const options = { signal, timeout: RPM_TIMEOUT };
  let answer = await run(shell, args, options);
  const isOwn = answer.exitCode === 0;
  if (!isOwn) answer = await container.run([...script(INSIDE), ...query], { ...options, user: "0" }, unreadable);
  try {
    if (signal.aborted) throw new StepFailure("INTERRUPTED", "interrupted");
    const text = isOwn ? await readOwn(own) : files.read(INSIDE, MAX_ANSWER);
    if (answer.exitCode === 0 && text !== undefined) return text;
    throw unreadable("neither this machine nor the image has an rpm that could", lastLines(answer.stderr));
  } finally {
    await rm(own, { force: true });
    // What it wrote is not of the image.
    if (!isOwn) await container.close();
  }
}

/** undefined: it is too long. */
async function readOwn(path: string): Promise<string | undefined> {
  return (await stat(path)).size > MAX_ANSWER ? undefined : readFile(path, "utf8");
}

/** What cannot be read cannot be approved. */
const unreadable = (why: string, tail: readonly string[]) =>
  new StepFailure("NOT_APPROVED", `what is installed cannot be read: ${why}`, tail);
