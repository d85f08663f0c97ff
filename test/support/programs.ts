import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Workspace } from "./workspace.js";

/** A search path with every program of this machine except these. */
export async function programsWithout(workspace: Workspace, ...hidden: readonly string[]): Promise<string> {
  const directory = await mkdtemp(workspace.path("programs-"));
  for (const part of ["/usr/sbin", "/usr/bin"]) {
    for (const name of readdirSync(part)) {
      if (!hidden.includes(name) && !existsSync(join(directory, name)))
        symlinkSync(join(part, name), join(directory, name));
    }
  }
  return directory;
}
