import type { FileTree } from "../../load/git/tree.js";
import type { Artifact } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";

/** Bytes. A longer file with `#!` is an archive that unpacks itself, and takes long to read. */
const LONGEST_SCRIPT = 128 * 1024;

/** Files that artifacts bring in as programs. */
export class Programs {
  readonly #paths = new Set<string>();

  /** Takes note of a file of the catalogue, if it will be executable in an image. */
  add(tree: FileTree, from: string, artifact: Artifact): void {
    const file = tree.files.get(from);
    const mode = artifact.type === "path" ? artifact.mode : undefined;
    const isExecutable = mode === undefined ? file?.mode === "100755" : (Number.parseInt(mode, 8) & 0o111) !== 0;
    if (isExecutable && file !== undefined && file.mode !== "120000" && file.size <= LONGEST_SCRIPT)
      this.#paths.add(from);
  }

  /** The scripts whose first line the kernel could not read: it takes a carriage return for part of the interpreter's name. */
  async problems(tree: FileTree): Promise<readonly Diagnostic[]> {
    const problems: Diagnostic[] = [];
    if (this.#paths.size === 0) return problems;
    await tree.read([...this.#paths], (path, content) => {
      const problem = firstLineProblem(path, content);
      if (problem !== undefined) problems.push(problem);
    });
    return problems;
  }
}

function firstLineProblem(file: string, content: Buffer): Diagnostic | undefined {
  const hasMark = content.subarray(0, 5).equals(MARKED);
  if (!hasMark && content.toString("latin1", 0, 2) !== "#!") return undefined;
  const line = content.toString("latin1", 0, Math.max(0, content.indexOf(10)));
  if (hasMark)
    return errorAt(
      { file, line: 1, column: 1 },
      "script-text",
      "a byte order mark stands before `#!`, so the script would not start",
      "save the file as UTF-8 without a byte order mark",
    );
  if (!line.endsWith("\r")) return undefined;
  return errorAt(
    { file, line: 1, column: line.length },
    "script-text",
    `the line ends with a carriage return (CRLF), so the interpreter \`${line.slice(2, -1)}\` would not be found`,
    `sed -i 's/\\r$//' ${shellWord(file)}, and \`* text eol=lf\` in .gitattributes keeps it so`,
  );
}

/** A byte order mark and `#!`. */
const MARKED = Buffer.from("\ufeff#!");

const shellWord = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
