import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Deepest first (proc(5), mountinfo: the fifth field is the mount point). */
export async function mountsBelow(directory: string): Promise<string[]> {
  const points = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").map((line) => line.split(" ")[4] ?? "");
  return points.filter((point) => point.startsWith(`${directory}/`)).sort((a, b) => b.length - a.length);
}

/** Unmounts, even if something still uses the mount; a missing mount is not an error. */
export async function unmount(point: string): Promise<void> {
  await execute("umount", ["--lazy", point]).catch(() => {});
}
