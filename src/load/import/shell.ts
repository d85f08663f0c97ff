/** One command of a shell text. */
export interface ShellCommand {
  /** The operator that joins it to the command before. */
  readonly joint: "&&" | ";";
  /** As written, with single spaces between words. */
  readonly text: string;
}

/** What makes a text more than a sequence of commands. */
const COMPOUND =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|\{|\}|!|select|time|coproc)(?:\s|$)/;

/**
 * Splits a shell text into the commands that run one after the other. undefined: it is more than that (conditions,
 * loops, `||`, jobs, here documents) and must stay in one piece.
 */
export function splitCommands(text: string): ShellCommand[] | undefined {
  const commands: ShellCommand[] = [];
  let joint: ShellCommand["joint"] = ";";
  let current = "";
  const end = (next: ShellCommand["joint"]): boolean => {
    const command = current.trim();
    current = "";
    if (command !== "") {
      commands.push({ joint, text: command });
      joint = next;
    }
    return !COMPOUND.test(command);
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const length = quotedLength(text, at);
    if (length > 0) {
      current += text.slice(at, at + length);
      at += length - 1;
    } else if (char === "#" && isSpace(current.at(-1) ?? " ")) return undefined;
    else if (text.startsWith("&&", at)) {
      if (current.trim() === "" || !end("&&")) return undefined;
      at++;
    } else if (text.startsWith("||", at) || text.startsWith("<<", at) || char === ")" || char === "`") return undefined;
    else if (char === "&" && !"<>".includes(current.at(-1) ?? " ")) return undefined;
    else if (char === ";" || char === "\n") {
      if (!end(";")) return undefined;
    } else if (char === " " || char === "\t") current += isSpace(current.at(-1) ?? " ") ? "" : " ";
    else current += char;
  }
  return end(";") ? commands : undefined;
}

const isSpace = (char: string) => char === " " || char === "\t" || char === "\n";

/** UTF-16 units of the quoted part that begins here: an escape, a string, a substitution; 0 if there is none. */
function quotedLength(text: string, at: number): number {
  const char = text.charAt(at);
  if (char === "\\") return 2;
  if (char === "'") return closing(text, at, "'");
  if (char === '"') return closing(text, at, '"');
  if (char === "`") return closing(text, at, "`");
  if (char === "(" || text.startsWith("$(", at)) return nested(text, at, "(", ")");
  return text.startsWith("${", at) ? nested(text, at, "{", "}") : 0;
}

function closing(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text.charAt(at) === "\\" && quote !== "'") at++;
    else if (text.charAt(at) === quote) return at - start + 1;
  }
  return text.length - start;
}

function nested(text: string, start: number, open: string, close: string): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (char === "'" || char === '"') at += closing(text, at, char) - 1;
    else if (char === open) depth++;
    else if (char === close && --depth === 0) return at - start + 1;
  }
  return text.length - start;
}

/**
 * The words of a simple command, without quotes and with variables replaced; undefined if only a shell can tell what
 * they are.
 */
export function wordsOf(command: string, lookup: (name: string) => string | undefined): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  const pattern =
    /'([^']*)'|"((?:[^"\\$`]|\\.)*)"|\\(.)|(\s+)|\$\{?([A-Za-z_][A-Za-z0-9_]*)(\})?|([^\s'"\\$`|&;<>()*?[\]{}~#!]+|[~[\]!](?=\S))/gsy;
  for (let match = pattern.exec(command); match !== null; match = pattern.exec(command)) {
    const [all, single, double, escaped, space, variable, brace, plain] = match;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (variable !== undefined) {
      const value = all.startsWith("${") === (brace !== undefined) ? lookup(variable) : undefined;
      // A value with spaces would be several words.
      if (value === undefined || /\s/.test(value)) return undefined;
      word = (word ?? "") + value;
    } else word = (word ?? "") + (single ?? double?.replace(/\\(.)/gs, "$1") ?? escaped ?? plain ?? "");
    if (pattern.lastIndex === command.length) return word === undefined ? words : [...words, word];
  }
  return command === "" ? [] : undefined;
}
