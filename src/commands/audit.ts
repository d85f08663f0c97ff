import { EXIT } from "../exit.js";
import { openScanner } from "./open-scanner.js";
import { CONTENTS, flag } from "./options.js";
import { defineVerb } from "./verb.js";

/** Lists the known vulnerabilities in images, worst first. */
export const auditVerb = defineVerb({
  usage: "audit [images...]",
  description: "list known vulnerabilities in the images, worst first",
  examples: [
    { command: "slipway audit --update", says: "fetch the newest advisories, then look at every image" },
    { command: "slipway audit python3-web --scan", says: "one image; inspect it first if nobody has" },
  ],
  isPaged: true,
  options: {
    ...CONTENTS,
    update: flag("--update", "fetch the advisories from the mirror of policies/vulnerabilities.yaml first"),
  },
  async run(context, options, names) {
    const { imageNamed, loadChecked } = await import("../app/catalogue/catalogue.js");
    const { audit, auditReport, isRefused } = await import("../app/contents/contents.js");
    const { auditText } = await import("../report/audit-text.js");
    const { diagnosticsText } = await import("../report/diagnostics.js");
    const loaded = await loadChecked(context);
    const selected = names.map((name) => imageNamed(loaded, name).node.name);
    const images = selected.length > 0 ? new Set(selected) : undefined;
    const result = await audit(context, loaded, { ...options, openScanner }, images);
    if (result.diagnostics.length > 0) context.note(`${diagnosticsText(result.diagnostics, context.colors.note)}\n`);
    const report = auditReport(result);
    context.out(context.json ? `${JSON.stringify(report, null, 2)}\n` : auditText(report, context.colors.out));
    return isRefused(result) ? EXIT.rejected : EXIT.done;
  },
});
