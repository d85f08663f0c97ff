import { EXIT } from "../exit.js";
import { openScanner } from "./open-scanner.js";
import { CONTENTS } from "./options.js";
import { defineVerb } from "./verb.js";

/** Shows which images contain something, how it got there, what derives from them, and what to change. */
export const impactVerb = defineVerb({
  usage: "impact <targets...>",
  description: "find the images that a package, advisory, image or base affects, and what to change",
  examples: [
    { command: "slipway impact pg", says: "the images that have a package" },
    { command: "slipway impact debian-base", says: "the images that are built on one" },
  ],
  isPaged: true,
  options: CONTENTS,
  async run(context, options, targets) {
    const { loadChecked } = await import("../app/catalogue/catalogue.js");
    const { impacts } = await import("../app/contents/contents.js");
    const { impactText } = await import("../report/impact-text.js");
    const reports = await impacts(context, await loadChecked(context), { ...options, openScanner }, targets);
    const [only, ...more] = reports;
    if (!context.json) context.out(reports.map(impactText).join("\n"));
    else context.out(`${JSON.stringify(more.length === 0 ? only : reports, null, 2)}\n`);
    // Found nowhere is no answer for images of which nothing is known.
    const isOpen = reports.some(({ images, unknown }) => images.length === 0 && unknown.length > 0);
    return isOpen ? EXIT.failed : EXIT.done;
  },
});
