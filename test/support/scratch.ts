import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountsBelow, unmount } from "./mounts.js";
import { removeTree } from "./remove-tree.js";

/** A file system in memory, which every Linux has. */
const MEMORY = "/dev/shm";
/** The type of tmpfs (statfs(2)). */
const TMPFS = 0x01021994;
/** Bytes that must be free, there and in the machine's memory, for another test process; the largest use about three GiB. */
export const ROOM = 5 * 2 ** 30;

/** The directory for temporary files of a test process. */
export interface Scratch {
  /** The value of TMPDIR. */
  readonly directory: string;
  /** Removes it with everything mounted in it; returns the names of files that the tests left there, and what cannot be removed. */
  remove(): Promise<string[]>;
}

/**
 * In memory if there is enough, because on a disk the file system takes half of an end-to-end test's processor time. A TMPDIR
 * that the user has set is respected.
 */
export function openScratch(env: NodeJS.ProcessEnv = process.env): Scratch {
  const parent = env.TMPDIR === undefined && memoryHasRoom() ? MEMORY : tmpdir();
  const directory = mkdtempSync(join(parent, `slipway-test-${process.pid}-`));
  chmodSync(directory, 0o711); // some tests start programs as another user
  return { directory, remove: () => removeScratch(directory) };
}

/**
 * Removes files in memory left by killed runs of this user, which nothing else frees before the next reboot; returns what cannot
 * be removed. Everybody may write to that directory, so what others own is left alone: they could swap a directory for a link
 * while it is being removed.
 */
export async function removeAbandoned(parent = MEMORY): Promise<string[]> {
  const stuck: string[] = [];
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const pid = /^slipway-test-([0-9]+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`) || !isOwn(join(parent, name))) continue;
    stuck.push(...(await removeAll(join(parent, name))));
  }
  return stuck;
}

/** False also where another run has removed it since it was listed. */
const isOwn = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();

async function removeScratch(directory: string): Promise<string[]> {
  const left = readdirSync(directory);
  return [...left, ...(await removeAll(directory))];
}

async function removeAll(directory: string): Promise<string[]> {
  for (const mount of await mountsBelow(directory)) await unmount(mount);
  try {
    await removeTree(directory);
    return [];
  } catch (error) {
    return [`${directory} (${error instanceof Error ? error.message : error})`];
  }
}

function memoryHasRoom(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return type === TMPFS && bavail * bsize > ROOM && process.availableMemory() > ROOM && !refusesPrograms();
  } catch {
    return false; // there is no such directory
  }
}

/** Whether it is mounted with `noexec`, as often in containers (proc(5), mountinfo: the fifth field is the mount point, the sixth its options). */
function refusesPrograms(): boolean {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const options = mounts.map((line) => line.split(" ")).findLast((fields) => fields[4] === MEMORY)?.[5] ?? "";
  return options.split(",").some((option) => option === "noexec" || option === "ro");
}
