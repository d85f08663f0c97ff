import { readFileSync } from "node:fs";

/** The text of a file; undefined: it is not there, or cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
