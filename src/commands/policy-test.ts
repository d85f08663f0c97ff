import { relative, resolve, sep } from "node:path";
import type { Context } from "../context.js";
import { CommandError, EXIT } from "../exit.js";
import type { PolicyTest, PolicyTestResult } from "../model/policies.js";
import { REF } from "./options.js";
import { defineVerb } from "./verb.js";

/** Whether the policies say of the images of policies/tests what they should. */
export const policyTestVerb = defineVerb({
  usage: "test [files...]",
  description: "whether the policies say of the images in policies/tests what they should",
  options: REF,
  async run(context, { ref }, files) {
    const { load } = await import("../app/catalogue/catalogue.js");
    const { runPolicyTest } = await import("../app/author/author.js");
    const { diagnosticsText } = await import("../report/diagnostics.js");
    const { policyTestsJson, policyTestsText } = await import("../report/policy-tests-text.js");
    const { catalogue, tree, diagnostics } = await load(context, ref);
    const broken = diagnostics.filter(({ file, severity }) => severity === "error" && file.startsWith("policies/"));
    if (broken.length > 0) {
      context.note(`${diagnosticsText(broken)}\n`);
      throw new CommandError(EXIT.rejected, "the policies themselves have problems");
    }
    const results: PolicyTestResult[] = [];
    for (const test of chosen(context, catalogue.policyTests ?? [], files))
      results.push(await runPolicyTest(test, { catalogue, tree, diagnostics, today: context.today() }));
    if (context.json) context.out(`${JSON.stringify(policyTestsJson(results), null, 2)}\n`);
    else context.out(policyTestsText(results));
    return results.every(({ ok }) => ok) ? EXIT.done : EXIT.rejected;
  },
});

function chosen({ catalogue }: Context, tests: readonly PolicyTest[], files: readonly string[]): readonly PolicyTest[] {
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
