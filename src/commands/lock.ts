import { CommandError, EXIT } from "../exit.js";
import { inNamespace } from "./in-namespace.js";
import { flag, ISOLATION, JOBS, list, REGISTRY_OPTIONS, VERBOSE } from "./options.js";
import { defineVerb, type VerbOption } from "./verb.js";

const update: VerbOption<true | readonly string[]> = {
  flags: "--update [packages...]",
  description: "let these packages change, and packages built from the same source; without names: all",
};

/** Writes slipway.lock: the exact closure of every image, as the package managers themselves resolve it. */
export const lockVerb = defineVerb({
  usage: "lock [images...]",
  description: "write slipway.lock: the exact packages that each image installs",
  examples: [
    { command: "slipway lock --check", says: "whether slipway.lock fits the definitions" },
    { command: "slipway lock", says: "bring slipway.lock up to date" },
    { command: "slipway lock --update openssl", says: "let one package change, wherever it is installed" },
  ],
  options: {
    ...REGISTRY_OPTIONS,
    ...ISOLATION,
    update,
    check: flag("--check", "change nothing, make no requests; if images are stale or missing, name them and exit 3"),
    all: flag("--all", "lock every image that can be locked"),
    remove: list("--remove <images...>", "remove these images: their builds resolve packages again"),
    ...JOBS,
    ...VERBOSE,
  },
  exclusive: [["--check", "--update"]],
  help: `Without names: every image if there is no slipway.lock yet; otherwise the images in it, and new images
whose parent is in it. With names: these images, and those of their ancestors that are in it.`,
  async run(context, options, names) {
    if (options.all && names.length > 0) throw new CommandError(EXIT.usage, "--all and image names exclude each other");
    if (options.check) {
      const { checkLock } = await import("../app/lock/lock.js");
      const { lockCheckText } = await import("../report/lock-report.js");
      const outcome = await checkLock(context, options, names);
      context.out(context.json ? `${JSON.stringify(outcome, null, 2)}\n` : lockCheckText(outcome, context.colors.out));
      return outcome.changed ? EXIT.rejected : EXIT.done;
    }
    // Package managers run inside images.
    return inNamespace(context, async () => {
      const { makeLock } = await import("../app/lock/lock.js");
      const { lockResultText } = await import("../report/lock-report.js");
      const outcome = await makeLock(context, options, names);
      context.out(context.json ? `${JSON.stringify(outcome, null, 2)}\n` : lockResultText(outcome, context.colors.out));
      return outcome.images.some(({ outcome: what }) => what === "failed") ? EXIT.failed : EXIT.done;
    });
  },
});
