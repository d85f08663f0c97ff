import { EXIT } from "../exit.js";
import { FRESH, REF, REGISTRY_OPTIONS } from "./options.js";
import { defineVerb } from "./verb.js";

/** Says where one file of an image comes from. */
export const whyFileVerb = defineVerb({
  usage: "why-file <image> <path>",
  description: "say what brought a file into an image: a package, an artifact or `setup`",
  examples: [
    { command: "slipway why-file python3-web /usr/bin/python3", says: "the package that brought the interpreter" },
    { command: "slipway why-file debian-base /etc/passwd", says: "what each image on the way did to a file" },
  ],
  isPaged: true,
  options: { ...REF, ...REGISTRY_OPTIONS, ...FRESH },
  async run(context, options, wanted) {
    const { explainFile } = await import("../app/contents/contents.js");
    const { whyFileJson, whyFileText } = await import("../report/why-file-text.js");
    const explanation = await explainFile(context, options, wanted);
    if (context.json) context.out(`${JSON.stringify(whyFileJson(explanation), null, 2)}\n`);
    else context.out(whyFileText(explanation));
    return EXIT.done;
  },
});
