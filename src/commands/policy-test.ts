import { EXIT } from "../exit.js";
import { REF } from "./options.js";
import { defineVerb } from "./verb.js";

/** Checks the policies against the cases in policies/tests. */
export const policyTestVerb = defineVerb({
  usage: "test [files...]",
  description: "check the policies against the cases in policies/tests",
  examples: [
    { command: "slipway policy test", says: "all cases" },
    { command: "slipway policy test policies/tests/policies.yaml", says: "the cases of one file" },
  ],
  options: REF,
  async run(context, { ref }, files) {
    const { runPolicyTests } = await import("../app/author/author.js");
    const { policyTestsJson, policyTestsText } = await import("../report/policy-tests-text.js");
    const results = await runPolicyTests(context, ref, files);
    if (context.json) context.out(`${JSON.stringify(policyTestsJson(results), null, 2)}\n`);
    else context.out(policyTestsText(results, context.colors.out));
    return results.every(({ ok }) => ok) ? EXIT.done : EXIT.rejected;
  },
});
