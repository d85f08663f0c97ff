import { EXIT } from "../exit.js";
import { REF } from "./options.js";
import { defineVerb } from "./verb.js";

/** Prints the Containerfile of one image. */
export const renderVerb = defineVerb({
  usage: "render <image>",
  description: "print an image's Containerfile",
  examples: [
    { command: "slipway render python3-web", says: "the Containerfile that a build of this image uses" },
    { command: "slipway render python3-web --ref HEAD", says: "the one of the last commit" },
  ],
  isPaged: true,
  options: REF,
  async run(context, { ref }, name) {
    const { imageNamed, loadChecked } = await import("../app/catalogue/catalogue.js");
    const { recipe } = imageNamed(await loadChecked(context, ref), name);
    const { context: entries } = recipe;
    const containerfile = recipe.containerfile.text;
    context.out(context.json ? `${JSON.stringify({ containerfile, context: entries }, null, 2)}\n` : containerfile);
    return EXIT.done;
  },
});
