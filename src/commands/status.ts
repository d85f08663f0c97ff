import { EXIT } from "../exit.js";
import { FRESH, flag, list, REF, REGISTRY_OPTIONS } from "./options.js";
import { defineVerb } from "./verb.js";

const statuses = async () => (await import("../model/image-status.js")).STATUSES;

/** Shows the state of each image in the registry (READY, STALE, …) with the reason, or everything about one image. */
export const statusVerb = defineVerb({
  usage: "status [images...]",
  description: "show the state of each image in the registry, or everything about one image",
  examples: [
    { command: "slipway status", says: "all images" },
    {
      command: "slipway status python3-web",
      says: "everything about one image: what to pull, digest, owners, last failure",
    },
    { command: "slipway status --only ERROR STALE", says: "only images in these states" },
    {
      command: "slipway status --language python3 --wide",
      says: "only images of a language, with references and dates",
    },
  ],
  isPaged: true,
  options: {
    ...REF,
    ...REGISTRY_OPTIONS,
    ...FRESH,
    only: {
      ...list("--only <status...>", "only images that are READY, STALE, MISSING, BUILDING, ERROR or DEPRECATED"),
      values: statuses,
    },
    state: { ...list("--state <status...>", "the same as --only"), values: statuses },
    language: list("--language <names...>", "only images of these languages"),
    os: list("--os <names...>", "only images on these operating systems"),
    owner: list("--owner <names...>", "only images of these teams or people, also as author or role of the metadata"),
    label: list("--label <names...>", "only images with these labels: NAME or NAME=VALUE"),
    metadata: list(
      "--metadata <names...>",
      "only images with this metadata, such as the tags of Dispatch: NAME or NAME=VALUE",
    ),
    wide: flag("--wide", "also what to pull, base, language, system, owners, and the time of publication"),
  },
  exclusive: [["--only", "--state"]],
  async run(context, options, names) {
    const { language, os, owner, label, metadata, wide, only = options.state } = options;
    const isOne = names.length === 1 && !wide;
    const { registryStatus } = await import("../app/plan/plan.js");
    const { imageStatusText, statusText } = await import("../report/status-text.js");
    const details = context.json || isOne || wide === true;
    const images = await registryStatus(context, { ...options, details, ...(only && { only }) }, names);
    const [first, ...others] = images;
    const { columns } = context;
    const palette = context.colors.out;
    const isFiltered = [language, os, owner, label, metadata].some((filter) => filter !== undefined);
    if (context.json) context.out(`${JSON.stringify({ images }, null, 2)}\n`);
    else if (isOne && first && others.length === 0) context.out(imageStatusText(first, palette));
    else context.out(statusText(images, { names, only, isFiltered, wide, columns, palette }));
    return EXIT.done;
  },
});
