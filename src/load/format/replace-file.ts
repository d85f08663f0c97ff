import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { TreeError } from "../git/tree.js";

/** Replaces the content of a file in one step; it keeps its permissions. Throws TreeError. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.slipway-${process.pid}`;
  try {
    writeFileSync(temporary, text, { flag: "wx" });
    chmodSync(temporary, statSync(path).mode & 0o7777);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new TreeError("unreadable", `${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}
