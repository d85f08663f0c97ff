import type { FileTree } from "../../load/git/tree.js";
import type { PathArtifact } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import { quote } from "../../model/quote.js";
import { shellQuote } from "../../model/shell-quote.js";

/** Whether a file of the catalogue will be a program in an image. */
export function isProgram({ files }: FileTree, from: string, { mode }: PathArtifact): boolean {
  const own = files.get(from)?.mode;
  if (own === "120000") return false;
  return mode === undefined ? own === "100755" : (Number.parseInt(mode, 8) & 0o111) !== 0;
}

/**
 * The problem of a script whose first line the kernel could not read, by its first bytes: it takes a carriage return for part of the
 * interpreter's name, and a byte order mark for a program of no kind that it knows.
 */
export function firstLineProblem(file: string, head: Buffer): Diagnostic | undefined {
  if (head.subarray(0, MARKED.length).equals(MARKED)) {
    const message = "a byte order mark stands before `#!`, so the script would not start";
    const hint = "save the file as UTF-8 without a byte order mark";
    return errorAt({ file, line: 1, column: 1 }, "script-text", message, hint);
  }
  const [line, interpreter] = /^#!([^\n]*)\r(?=\n|$)/.exec(head.toString("latin1")) ?? [];
  if (line === undefined || interpreter === undefined) return undefined;
  const message = `the line ends with a carriage return (CRLF), so the interpreter ${quote(interpreter)} would not be found`;
  const hint = `sed -i 's/\\r$//' ${shellQuote(file)}, and \`* text eol=lf\` in .gitattributes keeps it so`;
  return errorAt({ file, line: 1, column: line.length }, "script-text", message, hint);
}

const MARKED = Buffer.from("\ufeff#!");
