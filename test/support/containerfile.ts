/** One instruction: options such as `--chown=…` without their dashes, joined by spaces; and a name and a value, or a list. */
export interface Instruction {
  readonly name: string;
  readonly value: string | readonly string[];
  /** For instance `chown=app:app`; several keep their order: `from=build --chown=app:app`. */
  readonly option?: string;
}

const KNOWN = [
  "FROM",
  "ADD",
  "COPY",
  "RUN",
  "ENV",
  "LABEL",
  "USER",
  "WORKDIR",
  "EXPOSE",
  "VOLUME",
  "STOPSIGNAL",
  "SHELL",
  "HEALTHCHECK",
  "ENTRYPOINT",
  "CMD",
];
const MAX_LINE = 65_535; // bytes; see render/guard.ts

/**
 * Reads a Containerfile as strictly as possible: anything that two readers could understand differently throws. Follows the
 * Dockerfile reference, "Format", "Parser directives" and "Environment replacement".
 */
export function parseContainerfile(text: string): Instruction[] {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  if (/[\u0000-\u0008\u000b-\u001f\u2028\u2029\ud800-\udfff]/u.test(text))
    throw new Error("a character that is none of a line");
  const lines = text.slice(0, -1).split("\n");
  const instructions: Instruction[] = [];
  // A build argument is valid until the next stage.
  let hasLineFeed = false;
  for (let at = 0; at < lines.length; at += 1) {
    let line = lines[at] ?? "";
    if (Buffer.byteLength(line) > MAX_LINE) throw new Error("a line that is cut off");
    if (line.startsWith("#")) {
      if (/^#\s*(?:escape|syntax|check)\s*=/i.test(line)) throw new Error(`a directive: ${line}`);
      continue;
    }
    while (/\\\s*$/.test(line)) {
      at += 1;
      if (lines[at] === undefined) throw new Error("the last line goes on");
      line = line.replace(/\\\s*$/, `\n${lines[at]}`);
    }
    if (line.startsWith("FROM ")) hasLineFeed = false;
    if (line === "ARG SLIPWAY_NL") hasLineFeed = true;
    else instructions.push(parseInstruction(line, hasLineFeed));
  }
  return instructions;
}

function parseInstruction(line: string, hasLineFeed: boolean): Instruction {
  const [, name = "", rest = ""] = /^([A-Z]+) (.+)$/s.exec(line) ?? [];
  if (!KNOWN.includes(name)) throw new Error(`no instruction: ${line}`);
  if (rest !== rest.trim()) throw new Error(`white space around: ${line}`);
  const [, options = "", argument = ""] = /^((?:--[a-z-]+=[^\s"'$\\`]+ )*)(.*)$/s.exec(rest) ?? [];
  const optional = options === "" ? {} : { option: options.trim().replace(/(?<=^| )--/g, "") };
  if (name === "ENV" || name === "LABEL") return { name, value: parsePair(argument, hasLineFeed), ...optional };
  if (argument.startsWith("[")) return { name, value: parseList(argument), ...optional };
  if (["ENTRYPOINT", "CMD", "VOLUME", "COPY", "SHELL"].includes(name)) throw new Error(`not a list: ${line}`);
  if (name === "HEALTHCHECK" && argument.startsWith("CMD [")) {
    parseList(argument.slice("CMD ".length));
    return { name, value: argument, ...optional };
  }
  if (name !== "RUN" && /["'$\\`\n]/.test(argument)) throw new Error(`a special character: ${line}`);
  return { name, value: argument, ...optional };
}

/** Reads a single `NAME="value"` or `"name"="value"`, in which only the argument for line feeds may be expanded. */
function parsePair(given: string, hasLineFeed: boolean): readonly string[] {
  // A private-use character that stands for a line feed until the rest is read.
  const text = hasLineFeed ? given.replace(/(?<=(?:^|[^\\])(?:\\\\)*)\$\{SLIPWAY_NL\}/g, "\ue000") : given;
  const match = /^(?:([A-Za-z_][A-Za-z0-9_]*)|"([^"\\$]*)")="((?:[^"\\$]|\\["\\$])*)"$/.exec(text);
  if (match === null) throw new Error(`not one pair: ${text}`);
  return [match[1] ?? match[2] ?? "", (match[3] ?? "").replace(/\\(.)/g, "$1").replaceAll("\ue000", "\n")];
}

function parseList(text: string): readonly string[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || !value.every((word) => typeof word === "string")) throw new Error(`not words: ${text}`);
  return value;
}
