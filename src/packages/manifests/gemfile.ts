import type { ManifestContent, ReadManifest } from "../../model/manifest.js";
import { quote } from "../../model/quote.js";
import { Findings } from "./problem.js";

const TEXT = `(?:"([^"#\\\\]*)"|'([^'\\\\]*)')`;
const SYMBOLS = ":[a-z_]+(?:, *:[a-z_]+)*";
const GROUP = new RegExp(`^group\\(? *${SYMBOLS} *\\)? do$`);
const RUBY = new RegExp(`^ruby ${TEXT}$`);
const SOURCE = new RegExp(`^source ${TEXT}$`);
const GEM = new RegExp(`^gem ${TEXT}(.*)$`);
const ARGUMENT = new RegExp(`^, *${TEXT}`);
/** Options that do not change which gem is installed. */
const OPTION = new RegExp(
  `^, *(?::require *=> *|require: *)(?:false|true|${TEXT})|^, *(?::group *=> *|group: *):[a-z_]+|^, *groups?: *\\[${SYMBOLS}\\]`,
);
const REQUIREMENT = /^(=|!=|>=|<=|~>|>|<)? *([0-9][0-9A-Za-z.-]*)$/;
const LOCK = "Gemfile.lock";

const ALLOWED =
  'a Gemfile is Ruby code that runs; Slipway accepts `source "https://…"`, `ruby "3.1"`, `gem "name", "~> 1.2"` with `require:` and `group:`, and `group :test do` … `end`';

/** Reads a Gemfile with Gemfile.lock. A Gemfile is a program, so only lines of these forms are accepted. */
export const readGemfile: ReadManifest = (text, others): ManifestContent => {
  const findings = new Findings();
  const locked = others[LOCK] === undefined ? undefined : readLock(others[LOCK], findings);
  let [sources, inGroup] = [0, 0];
  for (const [index, raw] of text.split(/\r\n?|\n/).entries()) {
    const content = raw
      .replace(/^\ufeff/, "")
      .replace(/(?:^|[ \t])#(?!\{).*$/, "")
      .trim();
    const line = index + 1;
    const column = raw.search(/\S/) + 1;
    const refuse = (message: string, hint = ALLOWED) => findings.problem(line, column, message, hint);
    if (content === "" || RUBY.test(content)) continue;
    if (content === "end" && inGroup > 0) inGroup -= 1;
    else if (GROUP.test(content)) inGroup += 1;
    else if (SOURCE.test(content)) {
      sources += 1;
      if (!/^https:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?(?:\/[A-Za-z0-9._~/-]*)?$/.test(textOf(SOURCE.exec(content))))
        refuse(
          "the source must be an https address without a user, `?` and `#`",
          "a machine sets a mirror of its own (BUNDLE_MIRROR__ALL)",
        );
      if (sources > 1)
        refuse("a second source", "one source: with several of them it is by chance whose gem is installed");
    } else if (!readGem(content, { line, column }, locked, findings)) refuse(`${quote(content)} is not accepted`);
  }
  if (inGroup > 0) findings.problem(1, 1, "a `group` has no `end`", ALLOWED);
  return findings;
};

interface At {
  readonly line: number;
  readonly column: number;
}

/** false: the line has another form. */
function readGem(
  content: string,
  at: At,
  locked: ReadonlyMap<string, string> | undefined,
  findings: Findings,
): boolean {
  const declaration = GEM.exec(content);
  if (declaration === null) return false;
  const name = textOf(declaration);
  const requirements: string[] = [];
  let rest = declaration[3] ?? "";
  for (let argument = ARGUMENT.exec(rest); argument !== null; argument = ARGUMENT.exec(rest)) {
    requirements.push(textOf(argument));
    rest = rest.slice(argument[0].length);
  }
  for (let option = OPTION.exec(rest); option !== null; option = OPTION.exec(rest)) rest = rest.slice(option[0].length);
  const parts = requirements.map((text) => REQUIREMENT.exec(text));
  if (rest.trim() !== "" || parts.includes(null)) return false;
  const [only] = parts;
  const exact = parts.length === 1 && (only?.[1] ?? "=") === "=" ? only?.[2] : undefined;
  const version = locked?.get(name) ?? exact;
  const limit = requirements.length === 0 ? {} : { constraint: requirements.join(", ") };
  findings.requests.push({ name, ...(version === undefined ? limit : { version }), ...at });
  return true;
}

function textOf(found: RegExpExecArray | null): string {
  return found?.[1] ?? found?.[2] ?? "";
}

/** The gems of Gemfile.lock: `    name (1.2.3)`, possibly with a platform after the version. */
function readLock(text: string, findings: Findings): Map<string, string> {
  const versions = new Map<string, string>();
  let section = "";
  for (const content of text.split(/\r\n?|\n/)) {
    if (/^[A-Z]/.test(content)) section = content.trim();
    if (["GIT", "PATH", "PLUGIN SOURCE"].includes(content))
      findings.problem(1, 1, `${LOCK} has a section ${content}`, "only gems of a gem server can be installed");
    if (section === "GEM" && /^ {2}remote: (?!https?:\/\/)/.test(content))
      findings.problem(1, 1, `${LOCK} names ${quote(content.trim())}`, "only gems of a gem server can be installed");
    const gem = /^ {4}([A-Za-z0-9_.-]+) \(([0-9][0-9A-Za-z.]*)(?:-[A-Za-z0-9_.-]+)?\)$/.exec(content);
    if (section === "GEM" && gem?.[1] !== undefined && gem[2] !== undefined) versions.set(gem[1], gem[2]);
  }
  return versions;
}
