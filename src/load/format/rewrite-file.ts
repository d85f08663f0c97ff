import { replaceFile } from "../../system/replace-file.js";
import { TreeError } from "../git/tree.js";

/** Gives a file of a catalogue new content in one step; it keeps its permissions. Throws TreeError. */
export async function rewriteFile(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text, { keepsPermissions: true });
  } catch (error) {
    throw new TreeError("unreadable", `${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}
