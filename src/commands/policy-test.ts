import { EXIT } from "../exit.js";
import { REF } from "./options.js";
import { defineVerb } from "./verb.js";

/** Whether the policies say of the images of policies/tests what they should. */
export const policyTestVerb = defineVerb({
  usage: "test [files...]",
  description: "whether the policies say of the images in policies/tests what they should",
  options: REF,
  async run(context, { ref }, files) {
    const { runPolicyTests } = await import("../app/author/author.js");
    const { policyTestsJson, policyTestsText } = await import("../report/policy-tests-text.js");
    const results = await runPolicyTests(context, ref, files);
    if (context.json) context.out(`${JSON.stringify(policyTestsJson(results), null, 2)}\n`);
    else context.out(policyTestsText(results));
    return results.every(({ ok }) => ok) ? EXIT.done : EXIT.rejected;
  },
});
