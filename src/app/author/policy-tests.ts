import { relative, resolve, sep } from "node:path";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { PolicyTest, PolicyTestResult } from "../../model/policies.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { load } from "../catalogue/catalogue.js";
import { runPolicyTest } from "./policy-test.js";

/**
 * Runs the policy tests of the catalogue: those of the named files, or all. Fails where the policies have problems themselves, after
 * showing them. Throws TreeError.
 */
export async function runPolicyTests(
  context: Context,
  ref: string | undefined,
  files: readonly string[],
): Promise<readonly PolicyTestResult[]> {
  const { catalogue, tree, diagnostics } = await load(context, ref);
  const broken = diagnostics.filter(({ file, severity }) => severity === "error" && file.startsWith("policies/"));
  if (broken.length > 0) {
    context.note(`${diagnosticsText(broken, context.colors.note)}\n`);
    throw new CommandError(EXIT.rejected, "the policies themselves have problems");
  }
  const results: PolicyTestResult[] = [];
  for (const test of selectTests(context, catalogue.policyTests ?? [], files))
    results.push(await runPolicyTest(test, { catalogue, tree, diagnostics, today: context.today() }));
  return results;
}

function selectTests({ catalogue }: Context, tests: readonly PolicyTest[], files: readonly string[]) {
  if (tests.length === 0)
    throw new CommandError(
      EXIT.usage,
      "there are no policy tests",
      "they live in policies/tests/; see docs/policies.md",
    );
  if (files.length === 0) return tests;
  const paths = files.map((name) => relative(catalogue, resolve(name)).split(sep).join("/"));
  const unknown = paths.find((path) => !tests.some(({ source }) => source.file === path));
  if (unknown === undefined) return tests.filter(({ source }) => paths.includes(source.file));
  const known = [...new Set(tests.map(({ source }) => source.file))].join(", ");
  throw new CommandError(EXIT.usage, `${unknown} holds no policy tests`, `there are ${known}`);
}
