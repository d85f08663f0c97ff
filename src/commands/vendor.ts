import { EXIT } from "../exit.js";
import { REGISTRY_OPTIONS } from "./options.js";
import { defineVerb } from "./verb.js";

/** Stores the packages of slipway.lock in the registry, where they remain when their sources no longer have them. */
export const vendorVerb = defineVerb({
  usage: "vendor [images...]",
  description: "store the packages of slipway.lock in the registry",
  examples: [
    { command: "slipway vendor", says: "the packages of all images in slipway.lock" },
    {
      command: "slipway vendor nodejs-guestbook --registry docker://registry.example/team",
      says: "those of one image and its ancestors",
    },
  ],
  options: REGISTRY_OPTIONS,
  async run(context, options, names) {
    const { vendor } = await import("../app/lock/lock.js");
    const { vendoredText } = await import("../report/vendored-text.js");
    const vendored = await vendor(context, options, names);
    context.out(context.json ? `${JSON.stringify(vendored, null, 2)}\n` : vendoredText(vendored));
    if (vendored.missing.length === 0) return EXIT.done;
    context.note("hint: slipway lock and slipway build download them to this machine\n");
    return EXIT.failed;
  },
});
