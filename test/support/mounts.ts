import { execFile } from "node:child_process";
import { promisify } from "node:util";

export { mountPoints, mountsBelow } from "../../src/system/mounts.js";

const execute = promisify(execFile);

/** Unmounts, even if something still uses the mount; a missing mount is not an error. */
export async function unmount(point: string): Promise<void> {
  await execute("umount", ["--lazy", point]).catch(() => {});
}
