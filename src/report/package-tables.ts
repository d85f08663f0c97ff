import { cutLoosely, withRest } from "../model/cut.js";
import { csv } from "./csv.js";
import { printable } from "./printable.js";
import { plural, table, unknownContents } from "./text.js";

interface Use {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly image: string;
  readonly broughtBy: string;
}

/** One line for each package of each image, with the same columns for `licenses` and `packages`. */
export function usesCsv(uses: readonly Use[]): string {
  const rows = uses.map(({ type, name, version, license, image, broughtBy }) => [
    type,
    name,
    version,
    license,
    image,
    broughtBy,
  ]);
  return csv([["type", "name", "version", "license", "image", "brought by"], ...rows]);
}

/** The same lines, by licence. */
export const licensesCsv = (uses: readonly Use[]) =>
  usesCsv([...uses].sort((a, b) => (a.license < b.license ? -1 : a.license > b.license ? 1 : 0)));

interface Versions {
  readonly type: string;
  readonly name: string;
  readonly versions: readonly { readonly version: string; readonly images: readonly string[] }[];
}

export function packagesText(packages: readonly Versions[], unknown: readonly string[]): string {
  const rows = packages.flatMap(({ type, name, versions }) =>
    versions.map(({ version, images }, index) => [
      index === 0 ? type : "",
      index === 0 ? printable(name) : "",
      printable(version),
      some(images),
    ]),
  );
  return lines(rows, plural(packages.length, "package"), unknown);
}

interface License {
  readonly license: string;
  readonly packages: readonly { readonly name: string }[];
  readonly images: readonly string[];
}

/** A licence may be longer than any column, so it has a line of its own, with its packages and images below. */
export function licensesText(licenses: readonly License[], unknown: readonly string[]): string {
  const blocks = licenses.map(({ license, packages, images }) => [
    license === "" ? "(no licence stated)" : printable(license),
    `  packages  ${some(packages.map(({ name }) => printable(name)))}`,
    `  images    ${some(images)}`,
  ]);
  const count = plural(licenses.filter(({ license }) => license !== "").length, "licence");
  return `${blocks.map((block) => `${block.join("\n")}\n\n`).join("")}${summary(count, unknown)}`;
}

interface Unused {
  readonly kind: string;
  readonly scope: string;
  readonly name: string;
  readonly at: string;
}

export function unusedText(unused: readonly Unused[], unknown: readonly string[]): string {
  const rows = unused.map(({ scope, name, at }) => [name, scope, at]);
  return lines(rows, `${plural(unused.length, "approved package")} that no image uses`, unknown);
}

export const unusedCsv = (unused: readonly Unused[]) =>
  csv([["kind", "scope", "name", "at"], ...unused.map(({ kind, scope, name, at }) => [kind, scope, name, at])]);

function lines(rows: readonly (readonly string[])[], count: string, unknown: readonly string[]): string {
  return `${rows.length > 0 ? `${table(rows)}\n` : ""}${summary(count, unknown)}`;
}

const summary = (count: string, unknown: readonly string[]) => [count, ...unknownContents(unknown), ""].join("\n");

const SHOWN = 4;

/** The first of them, and how many more there are. */
function some(names: readonly string[]): string {
  const { shown, rest } = cutLoosely(names, SHOWN);
  return withRest({ shown: [shown.join(", ")], rest }).join(" ");
}
