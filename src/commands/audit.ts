import { imageNamed, loadChecked } from "../app/catalogue/catalogue.js";
import { type AuditOptions, audit, auditReport } from "../app/contents/contents.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { auditText } from "../report/audit-text.js";
import { diagnosticsText } from "../report/diagnostics.js";
import { openScanner } from "./open-scanner.js";

/** What is known to be vulnerable in images, worst first. */
export async function run(
  context: Context,
  options: Omit<AuditOptions, "openScanner">,
  names: readonly string[],
): Promise<ExitCode> {
  const loaded = await loadChecked(context);
  const asked = names.map((name) => imageNamed(loaded, name).node.name);
  const found = await audit(
    context,
    loaded,
    { ...options, openScanner },
    asked.length > 0 ? new Set(asked) : undefined,
  );
  if (found.diagnostics.length > 0) context.note(`${diagnosticsText(found.diagnostics)}\n`);
  const report = auditReport(found);
  context.out(context.json ? `${JSON.stringify(report, null, 2)}\n` : auditText(report));
  const isRefused = found.images.some(({ findings }) =>
    findings.some(({ diagnostic }) => diagnostic?.severity === "error"),
  );
  return isRefused ? EXIT.rejected : EXIT.done;
}
