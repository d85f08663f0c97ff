import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.js";
import { CommandError, EXIT, type ExitCode } from "../../exit.js";
import { repositoryPrefix } from "../../load/git/history.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import { CODEOWNERS_FILE, codeowners, codeownersProblem } from "../../policy/codeowners.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { loadChecked } from "../catalogue/catalogue.js";

/** Prints the CODEOWNERS that follows from policies/roles.yaml; `check` compares it with the file in the working tree instead. */
export async function runCodeowners(context: Context, check: boolean): Promise<ExitCode> {
  const { catalogue } = await loadChecked(context);
  const { roles } = catalogue;
  if (roles === undefined) {
    throw new CommandError(EXIT.usage, "there is no policies/roles.yaml", "`slipway schema roles` prints its schema");
  }
  const prefix = await repositoryPrefix(context.catalogue);
  const expected = codeowners(roles, catalogue, prefix);
  if (!expected.ok) return reject(context, expected.diagnostics);
  if (!check) {
    context.out(expected.text);
    return EXIT.done;
  }
  const top = prefix === "" ? [] : prefix.split("/").map(() => "..");
  const file = join(context.catalogue, ...top, CODEOWNERS_FILE);
  const problem = codeownersProblem(existsSync(file) ? readFileSync(file, "utf8") : undefined, expected.text, prefix);
  return problem === undefined ? EXIT.done : reject(context, [problem]);
}

function reject(context: Context, diagnostics: readonly Diagnostic[]): ExitCode {
  context.note(`${diagnosticsText(diagnostics, context.colors.note)}\n`);
  return EXIT.rejected;
}
