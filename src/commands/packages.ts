import { EXIT } from "../exit.js";
import { openScanner } from "./open-scanner.js";
import { CONTENTS, CSV, flag } from "./options.js";
import { defineVerb } from "./verb.js";

/** Lists each package with its versions and images, or the approved packages that no image uses. */
export const packagesVerb = defineVerb({
  usage: "packages",
  description: "list all packages with their versions and images",
  examples: [
    { command: "slipway packages", says: "all packages with their versions" },
    { command: "slipway packages --differing", says: "only those that images have in different versions" },
    { command: "slipway packages --unused", says: "approved packages that no image has" },
  ],
  isPaged: true,
  options: {
    ...CONTENTS,
    ...CSV,
    unused: flag("--unused", "only approved packages that no image has"),
    differing: flag("--differing", "only packages that images have in different versions"),
  },
  exclusive: [
    ["--csv", "--json"],
    ["--unused", "--differing"],
  ],
  async run(context, options) {
    const { packageOverview } = await import("../app/contents/contents.js");
    const { packagesText, unusedCsv, unusedText, usesCsv } = await import("../report/package-tables.js");
    const { unusedPackages, versionsOf } = await import("../resolve/package-tables.js");
    const { loaded, uses, unknown } = await packageOverview(context, { ...options, openScanner });
    if (options.unused) {
      const unused = unusedPackages(uses, loaded);
      if (options.csv) context.out(unusedCsv(unused));
      else context.out(context.json ? json({ unused, unknown }) : unusedText(unused, unknown));
      return EXIT.done;
    }
    const packages = versionsOf(uses).filter(({ versions }) => !options.differing || versions.length > 1);
    const shown = new Set(packages.map(({ type, name }) => `${type} ${name}`));
    if (options.csv) context.out(usesCsv(uses.filter(({ type, name }) => shown.has(`${type} ${name}`))));
    else context.out(context.json ? json({ packages, unknown }) : packagesText(packages, unknown));
    return EXIT.done;
  },
});

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
