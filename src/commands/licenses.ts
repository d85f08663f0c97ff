import { EXIT } from "../exit.js";
import { openScanner } from "./open-scanner.js";
import { CONTENTS, CSV } from "./options.js";
import { defineVerb } from "./verb.js";

/** Lists each licence with its packages and images. */
export const licensesVerb = defineVerb({
  usage: "licenses",
  description: "list the licences of everything in the images",
  examples: [
    { command: "slipway licenses", says: "a table" },
    { command: "slipway licenses --csv > licenses.csv", says: "for a spreadsheet" },
  ],
  isPaged: true,
  options: { ...CONTENTS, ...CSV },
  exclusive: [["--csv", "--json"]],
  async run(context, options) {
    const { packageOverview } = await import("../app/contents/contents.js");
    const { licensesCsv, licensesText } = await import("../report/package-tables.js");
    const { licensesUsed } = await import("../resolve/package-tables.js");
    const { uses, unknown } = await packageOverview(context, { ...options, openScanner });
    const licenses = licensesUsed(uses);
    if (options.csv) context.out(licensesCsv(uses));
    else if (context.json) context.out(`${JSON.stringify({ licenses, unknown }, null, 2)}\n`);
    else context.out(licensesText(licenses, unknown));
    return EXIT.done;
  },
});
