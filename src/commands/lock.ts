import { CommandError, EXIT } from "../exit.js";
import { inNamespace } from "./in-namespace.js";
import { flag, JOBS, list, REGISTRY } from "./options.js";
import { defineVerb, type VerbOption } from "./verb.js";

const update: VerbOption<true | readonly string[]> = {
  flags: "--update [packages...]",
  description: "let these packages move, and what is made of the same source; alone: everything",
};

/** Writes slipway.lock: the exact closure of every image, resolved by the package managers themselves. */
export const lockVerb = defineVerb({
  usage: "lock [images...]",
  description: "write slipway.lock: exactly what each image installs",
  options: {
    ...REGISTRY,
    update,
    check: flag("--check", "change nothing, ask nobody; exit 3 and name the images that are stale or missing"),
    all: flag("--all", "take every image in that can be"),
    remove: list("--remove <images...>", "take these images out: their builds resolve again"),
    ...JOBS,
  },
  exclusive: [["--check", "--update"]],
  help: `Without names: every image where there is no slipway.lock yet; else the images that are in it, and those
that are new on a parent that is in it. With names these images; of their ancestors those that are in it.`,
  async run(context, options, names) {
    if (options.all && names.length > 0) throw new CommandError(EXIT.usage, "--all and image names exclude each other");
    if (options.check) {
      const { checkLock } = await import("../app/lock/lock.js");
      const { lockCheckText } = await import("../report/lock-report.js");
      const outcome = await checkLock(context, options, names);
      context.out(context.json ? `${JSON.stringify(outcome, null, 2)}\n` : lockCheckText(outcome));
      return outcome.changed ? EXIT.rejected : EXIT.done;
    }
    // Package managers are asked inside of images.
    return inNamespace(context, async () => {
      const { makeLock } = await import("../app/lock/lock.js");
      const { lockResultText } = await import("../report/lock-report.js");
      const outcome = await makeLock(context, options, names);
      context.out(context.json ? `${JSON.stringify(outcome, null, 2)}\n` : lockResultText(outcome));
      return outcome.images.some(({ outcome: what }) => what === "failed") ? EXIT.failed : EXIT.done;
    });
  },
});
