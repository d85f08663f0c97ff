import { packageOverview, type TableOptions } from "../app/contents/contents.js";
import type { Context } from "../context.js";
import { EXIT, type ExitCode } from "../exit.js";
import { licensesText, usesCsv } from "../report/package-tables.js";
import { licensesUsed } from "../resolve/package-tables.js";
import { openScanner } from "./open-scanner.js";

/** Licence, packages, images. */
export async function run(context: Context, options: Omit<TableOptions, "openScanner">): Promise<ExitCode> {
  const { uses, unknown } = await packageOverview(context, { ...options, openScanner });
  const licenses = licensesUsed(uses);
  if (options.csv)
    context.out(usesCsv([...uses].sort((a, b) => (a.license < b.license ? -1 : a.license > b.license ? 1 : 0))));
  else if (context.json) context.out(`${JSON.stringify({ licenses, unknown }, null, 2)}\n`);
  else context.out(licensesText(licenses, unknown));
  return EXIT.done;
}
