import { readFile } from "node:fs/promises";

/** The mount points of this process below directories, the deepest first. */
export async function mountsBelow(...directories: readonly string[]): Promise<string[]> {
  const points = mountPoints(await readFile("/proc/self/mountinfo", "utf8"));
  return points
    .filter((point) => directories.some((directory) => point.startsWith(`${directory}/`)))
    .sort((a, b) => b.length - a.length);
}

/** Reads mountinfo: the fifth field is the mount point, with spaces and other separators as `\` and three octal digits (proc(5)). */
export function mountPoints(mountinfo: string): string[] {
  const fields = mountinfo.split("\n").map((line) => line.split(" ")[4] ?? "");
  return fields.map((field) =>
    field.replace(/\\([0-7]{3})/g, (_escape, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
}
