import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** The mount points of this process below a directory, deepest first. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const points = mountPoints(await readFile("/proc/self/mountinfo", "utf8"));
  return points.filter((point) => point.startsWith(`${directory}/`)).sort((a, b) => b.length - a.length);
}

/** Reads mountinfo: the fifth field is the mount point, with spaces and other separators as `\` and three octal digits (proc(5)). */
export function mountPoints(mountinfo: string): string[] {
  const fields = mountinfo.split("\n").map((line) => line.split(" ")[4] ?? "");
  return fields.map((field) =>
    field.replace(/\\([0-7]{3})/g, (_escape, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
}

/** Unmounts, even if something still uses the mount; a missing mount is not an error. */
export async function unmount(point: string): Promise<void> {
  await execute("umount", ["--lazy", point]).catch(() => {});
}
