import type { ReportDiagnostic } from "../model/gate.js";
import { shorten } from "./markdown.js";
import { printable } from "./printable.js";
import { plural } from "./text.js";

/*
 * Commands that GitHub Actions obeys at the start of a log line
 * (docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */

export type CommandLevel = "error" | "warning" | "notice";

export interface CommandPlace {
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
  readonly title?: string;
}

/** GitHub shows no more per level and step, and drops the rest silently. */
const MAX_PER_LEVEL = 10;
const MAX_MESSAGE = 4000;

/** One line that creates an annotation. */
export function workflowCommand(level: CommandLevel, place: CommandPlace, message: string): string {
  const { file, line, col, title } = place;
  const properties = Object.entries({ file, line, col, title })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const gap = properties.length > 0 ? " " : "";
  return `::${level}${gap}${properties.join(",")}::${escapeData(message)}`;
}

/** The first errors and warnings as annotations, and the number of the others. */
export function diagnosticCommands(diagnostics: readonly ReportDiagnostic[]): string[] {
  const levels = (["error", "warning"] as const).map((level) =>
    diagnostics.filter(({ severity }) => severity === level),
  );
  const shown = levels.flatMap((level) => level.slice(0, MAX_PER_LEVEL));
  const rest = diagnostics.length - shown.length;
  const notice = `${plural(rest, "more problem", "more problems")}: see the summary of this job`;
  return [...shown.map(diagnosticCommand), ...(rest > 0 ? [workflowCommand("notice", {}, notice)] : [])];
}

function diagnosticCommand({ severity, file, line, column, code, message, hint }: ReportDiagnostic): string {
  const text = [message, ...(hint === null ? [] : [`hint: ${hint}`])].map((part) =>
    shorten(printable(part), MAX_MESSAGE),
  );
  return workflowCommand(
    severity,
    { file: printable(file), line, col: column, title: printable(code) },
    text.join("\n"),
  );
}

/** What follows is folded under this title, until `endGroup`. */
export const startGroup = (title: string) => `::group::${escapeData(printable(title))}`;

export const endGroup = "::endgroup::";

/** From here on the log is plain text: nothing that a build prints is obeyed. The build must not know the token. */
export const stopCommands = (token: string) => `::stop-commands::${checked(token)}`;

export const resumeCommands = (token: string) => `::${checked(token)}::`;

function checked(token: string): string {
  // A short token can be guessed, and a word such as `error` is itself a command.
  if (!/^[\w-]{16,}$/.test(token)) throw new Error("the token of stop-commands must be at least 16 letters or digits");
  return token;
}

/**
 * Untrusted text for a log in which commands are obeyed: at the start of a line, or anywhere in their older form (`##[name]`).
 * The stop command above goes through another stream, so it alone could come too late.
 */
export const withoutCommands = (text: string) => text.replace(/^(\s*):(?=:)/gm, "$1\\:").replaceAll("##[", "#\\#[");

/** `%` comes first, because the other escapes contain it. */
const escapeData = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string) => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
