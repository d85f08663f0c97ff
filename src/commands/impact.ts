import { loadChecked } from "../app/catalogue/catalogue.js";
import { type ContentsOptions, impacts } from "../app/contents/contents.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { impactText } from "../report/impact-text.js";
import { openScanner } from "./open-scanner.js";

/** Which images have something in them, how it got there, what derives from them, and what to change. */
export async function run(
  context: Context,
  options: Omit<ContentsOptions, "openScanner">,
  targets: readonly string[],
): Promise<ExitCode> {
  const loaded = await loadChecked(context);
  const reports = await impacts(context, loaded, { ...options, openScanner }, targets);
  const [only, ...more] = reports;
  if (!context.json) context.out(reports.map(impactText).join("\n"));
  else context.out(`${JSON.stringify(more.length === 0 ? only : reports, null, 2)}\n`);
  return EXIT.done;
}
