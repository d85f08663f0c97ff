import type { InventoryPackage } from "../../model/inventory.js";
import { DATABASE_LIMIT, type ImageFiles, namesOf, plainly, textOf } from "./image-files.js";

const DATABASES: readonly string[] = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

export interface ApkDatabase {
  readonly packages: readonly InventoryPackage[];
  /** By path, for the paths in question only. */
  readonly owners: ReadonlyMap<string, string>;
}

/** The database of apk (apk-package(5)): paragraphs of lines with one letter each. */
export function readApk(files: ImageFiles, paths: ReadonlySet<string>): ApkDatabase {
  const owners = new Map<string, string>();
  const packages: InventoryPackage[] = [];
  const triggered: { readonly name: string; readonly by: readonly string[] }[] = [];
  for (const place of files.paths.filter((path) => DATABASES.includes(path))) {
    const text = files.read(place, DATABASE_LIMIT) ?? "";
    for (const paragraph of text.split(/\n\n+/)) {
      const record = readParagraph(paragraph, place);
      if (record === undefined) continue;
      packages.push(record.package);
      if (record.installIf.length > 0) triggered.push({ name: record.package.name, by: record.installIf });
      for (const path of pathsOf(paragraph)) if (paths.has(path)) owners.set(path, record.package.name);
    }
  }
  return { packages: withTriggered(packages, triggered), owners };
}

function readParagraph(paragraph: string, place: string) {
  const field = (letter: string) => textOf(new RegExp(`^${letter}:(.*)$`, "m").exec(paragraph)?.[1]);
  const list = (letter: string) => wordsOf(new RegExp(`^${letter}:(.*)$`, "m").exec(paragraph)?.[1]);
  const [name, version, arch, license, origin] = ["P", "V", "A", "L", "o"].map(field);
  if (name === undefined || version === undefined) return undefined;
  const entry: InventoryPackage = {
    type: "apk",
    name,
    version,
    ...(arch === undefined ? {} : { arch }),
    source: { name: origin ?? name, version },
    ...(license === undefined ? {} : { license }),
    place,
    requires: plainly(list("D")),
    provides: list("p"),
  };
  return { package: entry, installIf: list("i") };
}

/** `so:libc.musl-x86_64.so.1 busybox>=1.36 !conflict` */
const wordsOf = (text = "") =>
  namesOf(text.split(/\s+/).map((word) => (word.startsWith("!") ? undefined : /^[^<>=~@]+/.exec(word)?.[0])));

/** A package with `install_if` comes by itself once all packages of that list are there: the first of them counts as needing it. */
function withTriggered(
  packages: readonly InventoryPackage[],
  triggered: readonly { readonly name: string; readonly by: readonly string[] }[],
): readonly InventoryPackage[] {
  const names = new Set(packages.flatMap(({ name, provides }) => [name, ...provides]));
  const more = new Map<string, string[]>();
  for (const { name, by } of triggered) {
    const [first] = by;
    if (first !== undefined && by.every((each) => names.has(each))) more.set(first, [...(more.get(first) ?? []), name]);
  }
  return packages.map((entry) => {
    const added = more.get(entry.name);
    return added === undefined ? entry : { ...entry, requires: [...entry.requires, ...plainly(added)] };
  });
}

function* pathsOf(paragraph: string): Generator<string> {
  let directory = "";
  for (const line of paragraph.split("\n")) {
    if (line.startsWith("F:")) directory = line.slice(2);
    else if (line.startsWith("R:")) yield `/${directory}/${line.slice(2)}`;
  }
}
