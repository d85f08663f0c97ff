import { EXIT } from "../exit.js";
import { count, PLAN, READ_FROM } from "./options.js";
import { defineVerb } from "./verb.js";

/** Shows what a build would do: against the registry, or from one Git ref to another. */
export const planVerb = defineVerb({
  usage: "plan",
  description: "show what a build would do, and why",
  examples: [
    { command: "slipway plan", says: "against the registry" },
    { command: "slipway plan --since main", says: "what this branch changes, without a registry" },
    {
      command: "slipway plan --json > plan.json",
      says: "a plan to be reviewed, then applied with slipway build --plan plan.json",
    },
  ],
  isPaged: true,
  options: {
    ...PLAN,
    ...READ_FROM,
    matrix: count(
      "--matrix <n>",
      "spread the plan over at most n jobs (up to 256): one line of JSON for a workflow's matrix",
      256,
    ),
  },
  async run(context, options) {
    const { makePlan, planMatrix } = await import("../app/plan/plan.js");
    const { planText } = await import("../report/plan-text.js");
    const planned = await makePlan(context, options);
    const { isolation } = planned;
    const chroot = isolation === "chroot" ? { isolation } : {};
    // One line, because the output of a workflow must be one.
    if (options.matrix !== undefined) context.out(`${JSON.stringify(planMatrix(planned, options.matrix))}\n`);
    else if (context.json) context.out(`${JSON.stringify({ ...planned.plan, ...chroot }, null, 2)}\n`);
    else context.out(planText(planned.plan, planned.against, isolation, context.colors.out));
    return EXIT.done;
  },
});
