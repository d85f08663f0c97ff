import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { PRESENCE } from "./clean-up.js";
import { run } from "./process.js";

/** Empties a storage that Buildah cannot use any more, and its runroot. Only for a run that is alone in it. */
export async function wipeStorage(storage: string, runroot: string): Promise<void> {
  for (const mount of await mountsBelow(storage, runroot)) await run("umount", ["--lazy", mount]);
  for (const entry of await readdir(storage))
    if (entry !== PRESENCE) await rm(join(storage, entry), { recursive: true, force: true });
  await rm(runroot, { recursive: true, force: true });
}

/** Mount points below directories, the deepest first. mountinfo(5): the fifth field, with separators as `\` and three octal digits. */
async function mountsBelow(...directories: readonly string[]): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  const octal = (_: string, digits: string) => String.fromCharCode(Number.parseInt(digits, 8));
  const points = lines.map((line) => (line.split(" ")[4] ?? "").replace(/\\([0-7]{3})/g, octal));
  return points
    .filter((point) => directories.some((directory) => point.startsWith(`${directory}/`)))
    .sort((a, b) => b.length - a.length);
}
