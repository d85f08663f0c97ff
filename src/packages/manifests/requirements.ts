import type { ManifestContent, ReadManifest } from "../../model/manifest.js";
import { quote } from "../../model/quote.js";
import { Findings } from "./problem.js";

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
const EXTRAS = /^\[[A-Za-z0-9._, -]*\]/;
const SPECIFIER = /^(===|==|~=|!=|<=|>=|<|>)\s*([A-Za-z0-9._*+!-]+)$/;
const HASH = /^--hash=sha(?:256|384|512):[0-9a-f]{64,128}$/;

/** Options that pip reads from the file, and why they are refused. */
const OPTIONS: readonly (readonly [names: readonly string[], why: string])[] = [
  [["-r", "--requirement", "-c", "--constraint"], "another file would be read; put its lines here"],
  [["-e", "--editable"], "a path or repository cannot be approved; copy your own code as an artifact"],
  [
    ["-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links", "--trusted-host"],
    "where packages come from is a setting of the machine (PIP_INDEX_URL, pip.conf)",
  ],
];

/** Reads requirements.txt (pip's documentation, "Requirements File Format"; PEP 508). */
export const readRequirements: ReadManifest = (text): ManifestContent => {
  const findings = new Findings();
  for (const { line, content } of logicalLines(text)) {
    const start = content.search(/\S/);
    if (start < 0) continue;
    const at = { line, column: start + 1 };
    const refused = readLine(content.slice(start).trimEnd(), at, findings);
    if (refused !== undefined) findings.problem(at.line, at.column, refused.message, refused.hint);
  }
  return findings;
};

/** A trailing `\` continues on the next line; a comment ends with its line. */
function logicalLines(text: string): { line: number; content: string }[] {
  const entries: { line: number; content: string }[] = [];
  let open: { line: number; parts: string[] } | undefined;
  const lines = text.split(/\r\n?|\n/);
  for (const [index, raw] of lines.entries()) {
    const content = raw.replace(/(?:^|[ \t])#.*$/, "");
    const goesOn = content.endsWith("\\");
    open ??= { line: index + 1, parts: [] };
    open.parts.push(goesOn ? content.slice(0, -1) : content);
    if (goesOn && index < lines.length - 1) continue;
    entries.push({ line: open.line, content: open.parts.join(" ") });
    open = undefined;
  }
  return entries;
}

interface Refused {
  readonly message: string;
  readonly hint: string;
}

function readLine(
  content: string,
  at: { readonly line: number; readonly column: number },
  { requests }: Findings,
): Refused | undefined {
  if (content.startsWith("-")) return refusedOption(content);
  const name = NAME.exec(content)?.[0] ?? "";
  const behind = content.slice(name.length).trimStart();
  if (name === "" || /^(?:[:/\\@]|\+[a-z]+:)/.test(behind) || content.includes("://"))
    return { message: `${quote(content)} is a path or an address`, hint: "name a package, as in `requests==2.31.0`" };
  if (content.includes("${")) return { message: "a variable is used", hint: "write the value out" };
  const [rest = "", ...hashes] = behind.split(/[ \t]+(?=--)/);
  const odd = hashes.find((word) => !HASH.test(word));
  if (odd !== undefined)
    return { message: `${quote(odd)} is not passed on`, hint: "only `--hash=sha256:…` may follow a package" };
  const end = rest.indexOf(";");
  const optional = end < 0 ? {} : { optional: true as const };
  const specifiers = withoutExtras(end < 0 ? rest : rest.slice(0, end));
  const parts = specifiers === "" ? [] : specifiers.split(",").map((part) => SPECIFIER.exec(part.trim()));
  if (parts.includes(null))
    return {
      message: `${quote(specifiers)} is not a version specifier`,
      hint: "write for instance `>=2,<3` or `==2.31.0`",
    };
  const [, operator = "", version = ""] = (parts.length === 1 && parts[0]) || [];
  if (operator.startsWith("==") && !version.includes("*")) requests.push({ name, version, ...optional, ...at });
  else requests.push({ name, ...(specifiers === "" ? {} : { constraint: specifiers }), ...optional, ...at });
  return undefined;
}

/** Extras are packages that the package itself chooses, like its dependencies. Parentheses around specifiers mean nothing. */
const withoutExtras = (text: string) =>
  text
    .trim()
    .replace(EXTRAS, "")
    .trim()
    .replace(/^\((.*)\)$/, "$1")
    .trim();

function refusedOption(content: string): Refused | undefined {
  if (content === "--require-hashes") return undefined;
  const option = /^--?[a-z-]+/.exec(content)?.[0] ?? content;
  // `-rfile` is `-r file`.
  const short = /^-[a-z]/.exec(content)?.[0] ?? "";
  const [, why] = OPTIONS.find(([names]) => names.includes(option) || names.includes(short)) ?? [];
  const hint = why ?? "in this file only packages may stand, and `--require-hashes`";
  return { message: `the option ${quote(option)} is not passed on`, hint };
}
