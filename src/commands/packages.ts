import { packageOverview, type TableOptions } from "../app/contents/contents.js";
import type { Context } from "../context.js";
import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { packagesText, unusedCsv, unusedText, usesCsv } from "../report/package-tables.js";
import { unusedPackages, versionsOf } from "../resolve/package-tables.js";
import { openScanner } from "./open-scanner.js";

interface PackagesOptions extends Omit<TableOptions, "openScanner"> {
  readonly unused?: boolean;
  readonly differing?: boolean;
}

/** Package, versions, images; or the approved packages that nobody uses. */
export async function run(context: Context, options: PackagesOptions): Promise<ExitCode> {
  if (options.unused && options.differing)
    throw new CommandError(EXIT.usage, "--unused and --differing exclude each other");
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
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
