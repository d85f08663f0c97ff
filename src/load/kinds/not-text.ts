import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import { YamlSource } from "../yaml/source.js";

/** The problem of a file that is not UTF-8 text, at its first byte that is none. */
export function notText(file: string, content: Buffer): Diagnostic {
  const mark = content.toString("hex", 0, 2);
  if (mark === "fffe" || mark === "feff")
    return errorAt({ file, line: 1, column: 1 }, "not-text", "the file is UTF-16, not UTF-8", "save it as UTF-8");
  const text = content.toString("utf8");
  const { line, column } = new YamlSource(file, text).atOffset(Math.max(0, text.search(/[\ufffd\0]/)));
  const hint = content.includes(0)
    ? "it has a NUL byte, as binary files have"
    : "save it as UTF-8; in Latin-1, `iconv -f latin1 -t utf8` does it";
  return errorAt({ file, line, column }, "not-text", "the file is not UTF-8 text", hint);
}
