import { type FormattedFile, formatFiles, formatInput } from "../app/author/author.js";
import type { Context } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { diagnosticsJson, diagnosticsText } from "../report/diagnostics.js";
import { plural } from "../report/text.js";

interface FmtOptions {
  readonly check?: boolean;
  readonly stdin?: boolean;
}

/** One layout for every file: order of keys, indentation, quotes. What a file says stays the same. */
export async function run(context: Context, options: FmtOptions, files: readonly string[]): Promise<ExitCode> {
  const { check = false, stdin = false } = options;
  if (stdin && files.length > 1) throw new CommandError(EXIT.usage, "--stdin takes one file's name at the most");
  const results = stdin ? [await formatInput(context, files[0])] : await formatFiles(context, files, { write: !check });
  const problems = results.flatMap(({ diagnostics }) => diagnostics);
  if (context.json) context.out(`${JSON.stringify(document(results, stdin), null, 2)}\n`);
  else {
    if (problems.length > 0) context.note(`${diagnosticsText(problems)}\n`);
    if (!stdin || check) context.out(summary(results, check));
    else if (problems.length === 0) context.out(results.map(({ text }) => text).join(""));
  }
  const isLeft = check && results.some(({ status }) => status === "formatted");
  return problems.length > 0 || isLeft ? EXIT.rejected : EXIT.done;
}

function document(results: readonly FormattedFile[], withText: boolean) {
  const files = results.map(({ file, status, text }) => ({ file, status, ...(withText ? { text } : {}) }));
  return { files, ...diagnosticsJson(results.flatMap(({ diagnostics }) => diagnostics)) };
}

function summary(results: readonly FormattedFile[], check: boolean): string {
  const of = (wanted: FormattedFile["status"]) => results.filter(({ status }) => status === wanted);
  const changed = of("formatted").map(({ file }) => `${file}\n`);
  const words = [`${plural(changed.length, "file")} ${check ? "would change" : "formatted"}`];
  words.push(`${of("unchanged").length} unchanged`);
  const left = of("rejected").length;
  if (left > 0) words.push(`${left} left alone`);
  return `${changed.join("")}${words.join(", ")}.\n`;
}
