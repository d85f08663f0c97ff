import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

interface Bundled {
  readonly name: string;
  readonly version: string;
  /** SPDX, as the package states it. */
  readonly license: string;
  /** As package.json has it, for packages without a text. */
  readonly author: string;
  readonly texts: readonly string[];
}

/** Files in which a package has its licence, and what it wants to be passed on with it. */
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/**
 * The licences of the packages of which something is in a bundle, with their texts: most licences want them to go where the code
 * goes. `root` is the directory that the bundle's inputs are relative to. Throws for a package that states none.
 */
export function thirdPartyLicenses({ inputs, outputs }: Metafile, root: string): string {
  const used = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const paths = used.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 && path in inputs ? [path] : []));
  const directories = new Set(paths.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const packages = [...directories].map((directory) => readPackage(join(root, directory)));
  packages.sort((a, b) => (title(a) < title(b) ? -1 : 1));
  const head = `Slipway's programs contain code of these ${packages.length} packages, whose licences follow.\n`;
  const list = packages.map((each) => `  ${title(each)}: ${each.license}\n`).join("");
  return [`${head}\n${list}`, ...packages.map(section)].join(`\n${"-".repeat(80)}\n\n`);
}

function readPackage(directory: string): Bundled {
  const { name, version, license, author } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  if (typeof license !== "string") throw new Error(`${directory} states no licence, so it must not be in the bundle`);
  const files = readdirSync(directory).filter((file) => LICENSE_FILE.test(file));
  const texts = files.sort().map((file) => readFileSync(join(directory, file), "utf8").trim());
  return { name, version, license, author: author?.name ?? author ?? "not stated", texts };
}

const title = ({ name, version }: Bundled) => `${name} ${version}`;

function section(each: Bundled): string {
  const texts = each.texts.length > 0 ? each.texts : [`The package has no file with the text. Author: ${each.author}`];
  return `${title(each)} (${each.license})\n\n${texts.join("\n\n")}\n`;
}
