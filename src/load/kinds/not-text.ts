import { isUtf8 } from "node:buffer";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";

/** The problem of a file that is not UTF-8 text, at its first byte that is none. */
export function notText(file: string, content: Buffer): Diagnostic {
  const mark = content.toString("hex", 0, 2);
  if (mark === "fffe" || mark === "feff")
    return errorAt({ file, line: 1, column: 1 }, "not-text", "the file is UTF-16, not UTF-8", "save it as UTF-8");
  let line = 1;
  let start = 0;
  for (
    let end = content.indexOf(10);
    end >= 0 && isText(content.subarray(start, end));
    end = content.indexOf(10, start)
  ) {
    start = end + 1;
    line += 1;
  }
  const end = content.indexOf(10, start);
  const rest = content.subarray(start, end < 0 ? undefined : end);
  const column = [...rest.toString("utf8")].findIndex((character) => character === "\ufffd" || character === "\0") + 1;
  const isBinary = content.includes(0);
  const hint = isBinary
    ? "it has a NUL byte here, as binary files have"
    : "save it as UTF-8; in Latin-1, `iconv -f latin1 -t utf8` does it";
  return errorAt({ file, line, column: Math.max(1, column) }, "not-text", "the file is not UTF-8 text", hint);
}

const isText = (bytes: Buffer) => isUtf8(bytes) && !bytes.includes(0);
