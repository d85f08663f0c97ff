import type { InventoryPackage } from "../../model/inventory.js";
import { namesOf, plainly, textOf } from "./image-files.js";

/**
 * The query by which rpm prints each package (rpm(8), QUERY OPTIONS): lines that begin with a letter. Node.js cannot read its
 * databases.
 */
export const RPM_QUERY = [
  "N%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{LICENSE}\\t%{SOURCERPM}\\n",
  "[R%{REQUIRENAME}\\n]",
  "[P%{PROVIDENAME}\\n]",
  "[F%{FILENAMES}\\n]",
].join("");

export interface RpmDatabase {
  readonly packages: readonly InventoryPackage[];
  /** By path, for the paths in question only. */
  readonly owners: ReadonlyMap<string, string>;
}

interface Entry {
  readonly name: string;
  readonly version: string;
  readonly fields: readonly string[];
  readonly requires: string[];
  readonly provides: string[];
}

/** Reads the output of rpm for RPM_QUERY. `place`: the database. */
export function readRpm(text: string, place: string, paths: ReadonlySet<string>): RpmDatabase {
  const entries: Entry[] = [];
  // A package may need a file: the one that has it provides it, under that name.
  const wanted = new Set([...text.matchAll(/^R(\/.*)$/gm)].map(([, path]) => path as string));
  const owners = new Map<string, string>();
  for (const line of text.split("\n")) {
    const rest = line.slice(1);
    const entry = entries.at(-1);
    if (line.startsWith("N")) entries.push(entryOf(rest));
    else if (entry === undefined) continue;
    else if (line.startsWith("R")) entry.requires.push(rest);
    else if (line.startsWith("P")) entry.provides.push(rest);
    else if (line.startsWith("F")) {
      if (wanted.has(rest)) entry.provides.push(rest);
      for (const path of [rest, `/usr${rest}`]) if (paths.has(path)) owners.set(path, entry.name);
    }
  }
  // Keys of signatures are kept as packages.
  const real = entries.filter(({ name, version }) => name !== "" && version !== "" && name !== "gpg-pubkey");
  return { packages: real.map((entry) => packageOf(entry, place)), owners };
}

function entryOf(line: string): Entry {
  const [name = "", version = "", ...fields] = line.split("\t");
  return {
    name: textOf(name) ?? "",
    version: textOf(version)?.replace(/^0+:/, "") ?? "",
    fields,
    requires: [],
    provides: [],
  };
}

function packageOf({ name, version, fields, requires, provides }: Entry, place: string): InventoryPackage {
  const [arch, license, source] = fields.map((field) => (field === "(none)" ? undefined : textOf(field)));
  const [, sourceName, sourceVersion] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(source ?? "") ?? [];
  return {
    type: "rpm",
    name,
    version,
    ...(arch === undefined ? {} : { arch }),
    source: { name: sourceName ?? name, version: sourceVersion ?? version },
    ...(license === undefined ? {} : { license }),
    place,
    requires: plainly(requires.filter((each) => !each.startsWith("rpmlib(")).map(plainName)),
    provides: namesOf(provides.map(plainName)).filter((each) => each !== name),
  };
}

/** The first name in `(python3.11dist(packaging) >= 21 with …)`. */
function plainName(capability: string): string | undefined {
  if (!capability.startsWith("(")) return capability;
  const [, first = ""] = /^\(+\s*(\S{1,256})/.exec(capability) ?? [];
  return first.includes("(") ? first : first.replace(/\)+$/, "");
}
