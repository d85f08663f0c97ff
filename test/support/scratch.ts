import { existsSync, mkdtempSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountsBelow, unmount } from "./mounts.js";
import { removeTree } from "./remove-tree.js";

/** A file system in memory, which every Linux has. */
const MEMORY = "/dev/shm";
/** The type of tmpfs (statfs(2)). */
const TMPFS = 0x01021994;
/** Bytes that must be free, there and in the machine's memory, for another test process; the largest use about three GiB. */
const ROOM = 5 * 2 ** 30;

/** The directory for temporary files of a test process. */
export interface Scratch {
  /** The value of TMPDIR. */
  readonly directory: string;
  /** Removes it with everything mounted in it; returns the names of files that the tests left there. */
  remove(): Promise<string[]>;
}

/**
 * In memory if there is enough, because on a disk the file system takes half of an end-to-end test's processor time. A TMPDIR
 * that the user has set is respected.
 */
export function openScratch(env: NodeJS.ProcessEnv = process.env): Scratch {
  const parent = env.TMPDIR === undefined && memoryHasRoom() ? MEMORY : tmpdir();
  const directory = mkdtempSync(join(parent, `slipway-test-${process.pid}-`));
  return { directory, remove: () => removeScratch(directory) };
}

/** Removes files in memory left by killed runs, which nothing else frees before the next reboot. */
export async function removeAbandoned(): Promise<void> {
  const names = existsSync(MEMORY) ? readdirSync(MEMORY) : [];
  for (const name of names) {
    const pid = /^slipway-test-([0-9]+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeScratch(join(MEMORY, name));
  }
}

async function removeScratch(directory: string): Promise<string[]> {
  const left = readdirSync(directory);
  for (const mount of await mountsBelow(directory)) await unmount(mount);
  await removeTree(directory);
  return left;
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
