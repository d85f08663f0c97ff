import { EXIT } from "../exit.js";
import { inNamespace } from "./in-namespace.js";
import { FRESH, flag, ISOLATION, JOBS, READ_FROM, REF, REGISTRY_OPTIONS, textOption, VERBOSE } from "./options.js";
import { defineVerb } from "./verb.js";

/** Builds, tests and publishes the planned images. */
export const buildVerb = defineVerb({
  usage: "build [images...]",
  description: "build, test and publish the planned images",
  examples: [
    { command: "slipway build", says: "everything that has changed" },
    { command: "slipway build python3-web --jobs 2", says: "one image and all that it is built on, two at a time" },
    { command: "slipway build --dry-run", says: "what would be done; nothing is changed" },
    {
      command: "slipway build --registry docker://registry.example/team",
      says: "publish to another registry than that of slipway.yaml",
    },
  ],
  options: {
    ...REF,
    ...REGISTRY_OPTIONS,
    ...FRESH,
    ...ISOLATION,
    ...READ_FROM,
    plan: textOption("--plan <file>", "apply a saved plan (slipway plan --json)"),
    dryRun: flag("--dry-run", "show what would be done; change nothing"),
    results: textOption("--results <file>", "also write the results to a file, as --json prints them"),
    ...JOBS,
    ...VERBOSE,
  },
  async run(context, options, names) {
    const { dryRun = false } = options;
    const build = async () => {
      const { buildImages } = await import("../app/build/build.js");
      const { buildEndText, dryRunText } = await import("../report/results-text.js");
      const { replaceFile } = await import("../system/replace-file.js");
      const started = context.clock();
      const results = await buildImages(context, options, names);
      const document = `${JSON.stringify({ results }, null, 2)}\n`;
      if (options.results !== undefined) await replaceFile(options.results, document);
      const endText = dryRun ? dryRunText : buildEndText;
      context.out(context.json ? document : endText(results, context.clock() - started, context.colors.out));
      if (context.signal.aborted) return EXIT.interrupted;
      if (results.some(({ error }) => error?.code === "MACHINE_FAILED")) return EXIT.unavailable;
      return results.some(({ outcome }) => outcome === "failed") ? EXIT.failed : EXIT.done;
    };
    return dryRun ? build() : inNamespace(context, build);
  },
});
