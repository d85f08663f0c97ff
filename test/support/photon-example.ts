import { cpSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFiles } from "../load/temporary-catalogue.js";
import type { Workspace } from "./workspace.js";

/** The catalogue examples/photon of this repository. */
export const EXAMPLE = fileURLToPath(new URL("../../../examples/photon", import.meta.url));

let copies = 0;

/** A copy of the example with other files, in a separate directory, without its builds. */
export function copyExample(workspace: Workspace, files: Readonly<Record<string, string>> = {}): string {
  copies++;
  const directory = workspace.path(`copy-${copies}`, "examples", "photon");
  cpSync(EXAMPLE, directory, { recursive: true, filter: (path) => basename(path) !== ".slipway" });
  writeFiles(directory, files);
  return directory;
}
