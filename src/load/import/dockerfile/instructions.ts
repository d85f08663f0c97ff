import { DockerfileParser, type Instruction as Parsed } from "dockerfile-ast";
import type { Position } from "../../../model/diagnostic.js";
import type { Notes } from "../notes.js";

export interface InstructionFlag {
  readonly name: string;
  readonly value: string;
  readonly place: Position;
}

/** One instruction of a Dockerfile, with continued lines joined and comments removed. */
export interface DockerfileInstruction {
  readonly keyword: string;
  readonly flags: readonly InstructionFlag[];
  /** The text after the flags; with here documents it has several lines. */
  readonly text: string;
  readonly place: Position;
}

export interface Instructions {
  readonly list: readonly DockerfileInstruction[];
  /** The character that continues lines. */
  readonly escapeChar: string;
}

/** Splits a Dockerfile into its instructions. */
export function readInstructions(file: string, text: string, notes: Notes): Instructions {
  const dockerfile = DockerfileParser.parse(text);
  for (const directive of dockerfile.getDirectives()) {
    const name = directive.getName().toLowerCase();
    const { line, character } = directive.getRange().start;
    const place = { file, line: line + 1, column: character + 1 };
    if (name === "syntax")
      notes.note(place, "the directive `syntax` is left out: no Dockerfile is left that it could be for");
    else if (name !== "escape") notes.warning(place, `the directive \`${name}\` is not carried over`);
  }
  const escapeChar = dockerfile.getEscapeCharacter();
  return { list: dockerfile.getInstructions().map((parsed) => instructionOf(file, parsed, escapeChar)), escapeChar };
}

function instructionOf(file: string, parsed: Parsed, escapeChar: string): DockerfileInstruction {
  const { line, character } = parsed.getRange().start;
  const place = { file, line: line + 1, column: character + 1 };
  return {
    keyword: parsed.getKeyword(),
    flags: flagsOf(file, parsed),
    text: joinLines(parsed.getRawArgumentsContent() ?? "", escapeChar),
    place,
  };
}

/**
 * Joins continued lines as Docker does: comments and empty lines between them are left out. Here documents follow the
 * last of them. (The package's own joining overlooks some comments.)
 */
function joinLines(raw: string, escapeChar: string): string {
  const lines = raw.split(/\r?\n/);
  let head = "";
  let next = 0;
  for (let isContinued = true; isContinued && next < lines.length; next++) {
    const line = lines[next] ?? "";
    if (next > 0 && /^\s*(?:#.*)?$/.test(line)) continue;
    const text = line.trimEnd();
    isContinued = text.endsWith(escapeChar);
    head += isContinued ? text.slice(0, -1) : line;
  }
  return [head.trim(), ...lines.slice(next)].join("\n").trimEnd();
}

/** The flags of an instruction; the package's types tell only by class which instructions take any. */
function flagsOf(file: string, parsed: Parsed): InstructionFlag[] {
  if (!("getFlags" in parsed) || typeof parsed.getFlags !== "function") return [];
  const flags = parsed.getFlags() as {
    getName(): string;
    getValue(): string | null;
    getRange(): { start: { line: number; character: number } };
  }[];
  return flags.map((flag) => {
    const { line, character } = flag.getRange().start;
    return {
      name: flag.getName(),
      value: flag.getValue() ?? "",
      place: { file, line: line + 1, column: character + 1 },
    };
  });
}

/** A here document of an instruction. */
export interface HereDocument {
  readonly name: string;
  readonly text: string;
  /** The name was quoted: variables are not replaced. */
  readonly isLiteral: boolean;
}

/** The words before the here documents, and the documents; undefined: there are none. */
export function hereDocuments(text: string): { readonly head: string; readonly documents: HereDocument[] } | undefined {
  const [head = "", ...lines] = text.split(/\r?\n/);
  const starts = [...head.matchAll(/<<(-?)(["']?)([A-Za-z_][A-Za-z0-9_.]*)\2/g)];
  if (starts.length === 0 || lines.length === 0) return undefined;
  let next = 0;
  const documents = starts.map(([, dash, quote, name = ""]) => {
    const content: string[] = [];
    for (let line = lines[next++]; line !== undefined; line = lines[next++]) {
      const stripped = dash === "-" ? line.replace(/^\t+/, "") : line;
      if (stripped === name) break;
      content.push(stripped);
    }
    return { name, text: content.map((line) => `${line}\n`).join(""), isLiteral: quote !== "" };
  });
  return { head, documents };
}
