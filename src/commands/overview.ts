import { EXIT } from "../exit.js";
import { defineVerb } from "./verb.js";

/** Says where one stands and what to do next: what `slipway` alone does. */
export const overviewVerb = defineVerb({
  usage: "",
  description:
    "Declarative builds of container images from Git. Without a command: where you stand, and what to do next.",
  examples: [
    { command: "slipway", says: "the catalogue here, its problems, what a build would do, and what to do next" },
    { command: "slipway --catalogue . --json", says: "the same for programs, of the catalogue in a directory" },
  ],
  options: {},
  async run(context) {
    const { overview } = await import("../app/plan/plan.js");
    const { overviewText } = await import("../report/overview-text.js");
    const standing = await overview(context);
    context.out(context.json ? `${JSON.stringify(standing, null, 2)}\n` : overviewText(standing));
    return EXIT.done;
  },
});
