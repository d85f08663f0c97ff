import { posix } from "node:path";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { FoundDocument } from "./find-documents.js";
import type { TreeFile } from "./git/tree.js";

/**
 * Symbolic links to folders where definitions, lists and policies are looked for: nothing behind them is read, so what their author
 * put there would be missing in silence. What is in the folder of a definition or a module is its content, where links may be.
 */
export function strayLinks(
  files: ReadonlyMap<string, TreeFile>,
  documents: readonly FoundDocument[],
  links: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const folders = new Set(documents.map(({ path }) => posix.dirname(path)));
  const read = new Set(documents.map(({ path }) => path));
  return [...links].flatMap(([path, target]) => {
    const leadsTo = posix.join(posix.dirname(path), target);
    if (read.has(path) || isContent(path, folders) || files.has(leadsTo)) return [];
    const message = `a symbolic link to \`${target}\` is not followed, so nothing behind it is read`;
    const hint = "put the folder itself here, without a link";
    return [errorAt({ file: path, line: 1, column: 1 }, "not-a-file", message, hint)];
  });
}

/** Below these themselves everything is looked for; their folders of definitions and modules have content. */
const ROOTS = new Set([".", "images", "catalog", "catalog/system", "catalog/runtime", "policies"]);

function isContent(path: string, folders: ReadonlySet<string>): boolean {
  for (let above = posix.dirname(path); !ROOTS.has(above); above = posix.dirname(above))
    if (folders.has(above)) return true;
  return false;
}
