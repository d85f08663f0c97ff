import { EXIT } from "../exit.js";
import { inNamespace } from "./in-namespace.js";
import { flag, list, REGISTRY } from "./options.js";
import { defineVerb } from "./verb.js";

/** Brings digests of external bases and exact versions up to date: in the working tree, or by pull requests. */
export const updateVerb = defineVerb({
  usage: "update",
  description: "newer digests of bases and newer versions, as edits or pull requests",
  options: {
    ...REGISTRY,
    dryRun: flag("--dry-run", "say what is newer, change nothing"),
    publish: flag("--publish", "one branch and pull request a group (GITHUB_TOKEN, GITHUB_REPOSITORY), no edits here"),
    group: list("--group <names...>", "only these groups"),
  },
  exclusive: [["--dry-run", "--publish"]],
  async run(context, options) {
    // Package managers are asked inside of images.
    return inNamespace(context, async () => {
      const { updateCatalogue } = await import("../app/update/update.js");
      const { updatesJson, updatesText } = await import("../report/updates-text.js");
      const groups = await updateCatalogue(context, options);
      context.out(context.json ? `${JSON.stringify(updatesJson(groups), null, 2)}\n` : updatesText(groups));
      if (groups.some(({ action }) => action === "failed")) return EXIT.unavailable;
      return groups.some(({ action }) => action === "refused") ? EXIT.rejected : EXIT.done;
    });
  },
});
