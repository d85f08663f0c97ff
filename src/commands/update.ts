import { EXIT } from "../exit.js";
import { inNamespace } from "./in-namespace.js";
import { flag, ISOLATION, list, REGISTRY_OPTIONS } from "./options.js";
import { defineVerb } from "./verb.js";

/** Updates digests of external bases and exact versions: in the working tree, or by pull requests. */
export const updateVerb = defineVerb({
  usage: "update",
  description: "find newer base digests and versions; edit the files or open pull requests",
  examples: [
    { command: "slipway update --dry-run", says: "show what is newer" },
    { command: "slipway update", says: "edit the files of the working tree" },
  ],
  options: {
    ...REGISTRY_OPTIONS,
    ...ISOLATION,
    dryRun: flag("--dry-run", "show what is newer; change nothing"),
    publish: flag(
      "--publish",
      "open one branch and pull request per group (GITHUB_TOKEN, GITHUB_REPOSITORY); edit nothing here",
    ),
    group: list("--group <names...>", "only these groups"),
  },
  exclusive: [["--dry-run", "--publish"]],
  async run(context, options) {
    // Package managers run inside images.
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
