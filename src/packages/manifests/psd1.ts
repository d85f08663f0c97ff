import type { ManifestContent, ReadManifest } from "../../model/manifest.js";
import { quote } from "../../model/quote.js";
import { Findings, Places } from "./problem.js";

/** Comments, the marks of a hashtable, quoted text without variables, names. Line breaks and `;` end an entry. */
const TOKEN = /<#[\s\S]*?#>|#[^\n]*|@\{|[}=;\n]|"[^"$`\n]*"|'[^'\n]*'|[A-Za-z0-9_.-]+|\$(?:true|false)\b|[^\s]/g;
const HINT =
  "a PowerShell file is code that runs; Slipway accepts `@{ Name = @{ version = '[1.0,2.0)'; prerelease = 'false' } }` and comments";
const EXACT = /^(?:\[([0-9][0-9A-Za-z.+-]*)\]|([0-9][0-9A-Za-z.+-]*))$/;
const RANGE = /^(?:[[(][0-9A-Za-z.+,* -]*[\])]|[0-9][0-9.]*\.\*|\*)$/;

interface Token {
  readonly text: string;
  readonly offset: number;
}

/** Reads requirements.psd1: the hashtable of Install-PSResource -RequiredResourceFile. */
export const readPsd1: ReadManifest = (text): ManifestContent => {
  const findings = new Findings();
  const places = new Places(text);
  const parser = new Parser(tokensOf(text));
  const problem = parser.table((name) => {
    const table: Record<string, string> = Object.create(null);
    const inner = parser.table((key) => {
      const value = parser.next();
      table[unquote(key.text).toLowerCase()] = unquote(value?.text ?? "");
      return value !== undefined && /^["'$]|^[A-Za-z0-9]/.test(value.text) ? undefined : (value ?? key);
    });
    if (inner !== undefined) return inner;
    readEntry(unquote(name.text), table, places.at(name.offset), findings);
    return undefined;
  });
  const odd = problem ?? parser.next();
  if (odd === undefined && parser.isWhole) return findings;
  const { line, column } = places.at(odd?.offset ?? Math.max(0, text.length - 1));
  findings.problem(
    line,
    column,
    odd === undefined ? "the hashtable is not complete" : `${quote(odd.text)} is not accepted here`,
    HINT,
  );
  return findings;
};

function readEntry(
  name: string,
  table: Readonly<Record<string, string>>,
  at: { line: number; column: number },
  findings: Findings,
): void {
  const { version = "", ...others } = table;
  const odd = Object.keys(others).find((key) => key !== "prerelease");
  if (odd !== undefined) {
    const hint = odd === "repository" ? "where packages come from is a setting of the machine" : HINT;
    findings.problem(at.line, at.column, `${quote(odd)} of ${quote(name)} is not accepted`, hint);
    return;
  }
  const exact = EXACT.exec(version);
  if (exact !== null) findings.requests.push({ name, version: exact[1] ?? exact[2] ?? "", ...at });
  else if (version === "") findings.requests.push({ name, ...at });
  else if (RANGE.test(version)) findings.requests.push({ name, constraint: version, ...at });
  else findings.problem(at.line, at.column, `${quote(version)} is not a version of ${quote(name)}`, HINT);
}

/** The tokens of a text, without comments; a byte order mark is white space. */
function tokensOf(text: string): Token[] {
  return [...text.matchAll(TOKEN)]
    .map((match) => ({ text: match[0], offset: match.index }))
    .filter(({ text: token }) => !/^(?:#|<#|\ufeff)/.test(token));
}

class Parser {
  #at = 0;
  isWhole = false;

  constructor(readonly tokens: readonly Token[]) {}

  /** The next token, line breaks skipped. */
  next(): Token | undefined {
    while (this.tokens[this.#at]?.text === "\n") this.#at++;
    return this.tokens[this.#at++];
  }

  /** Reads `@{ key = value; … }`; `entry` reads each value. Returns the token that is out of place. */
  table(entry: (key: Token) => Token | undefined): Token | undefined {
    const open = this.next();
    if (open?.text !== "@{") return open;
    for (;;) {
      const key = this.next();
      this.isWhole = false;
      if (key === undefined) return undefined;
      if (key.text === ";") continue;
      if (key.text === "}") break;
      if (!/^["']|^[A-Za-z0-9_]/.test(key.text)) return key;
      const equals = this.next();
      if (equals?.text !== "=") return equals ?? key;
      const odd = entry(key);
      if (odd !== undefined) return odd;
      const end = this.tokens[this.#at];
      if (end !== undefined && !["\n", ";", "}"].includes(end.text)) return end;
    }
    this.isWhole = true;
    return undefined;
  }
}

const unquote = (text: string) => text.replace(/^(["'])(.*)\1$/, "$2");
