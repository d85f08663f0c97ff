import { createHash, randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/**
 * 32 hex digits by which builders on one registry tell one another apart: the same for all runs on one state directory, since these know of one another by
 * its mutexes. It is a function of the directory itself and not a file in it, which several builders may have got from one cache.
 */
export async function builderIdentity(state: string): Promise<string> {
  try {
    const { dev, ino } = await stat(state, { bigint: true });
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    return createHash("sha256").update(`${boot.trim()} ${dev} ${ino}`).digest("hex").slice(0, 32);
  } catch {
    // Nobody else is there.
    return randomBytes(16).toString("hex");
  }
}
