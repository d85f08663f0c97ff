import type { InventoryPackage } from "../../model/inventory.js";
import { DATABASE_LIMIT, type ImageFiles, namesOf, PACKAGE_LIMIT, textOf } from "./image-files.js";

const STATUS = "/var/lib/dpkg/status";
const STATUS_FILES = "/var/lib/dpkg/status.d/";

/** States of dpkg(1) in which all files of a package are present. */
const PRESENT = new Set(["installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending"]);

const SYSTEM_PRIORITIES = new Set(["required", "important", "standard"]);

/** Reads the database of dpkg, and the files, one for each package, of images without dpkg. */
export function readDpkg(files: ImageFiles): InventoryPackage[] {
  const databases = files.paths.filter((path) => path === STATUS || path.startsWith(STATUS_FILES));
  return databases.flatMap((place) => {
    const text = files.read(place, DATABASE_LIMIT) ?? "";
    return text.split(/\n[ \t]*\n/).flatMap((stanza) => {
      const entry = readStanza(stanza, place);
      if (entry === undefined) return [];
      const license = debianLicense(files, entry.name);
      return [license === undefined ? entry : { ...entry, license }];
    });
  });
}

function readStanza(stanza: string, place: string): InventoryPackage | undefined {
  const fields = new Map<string, string>();
  for (const [, name = "", value = ""] of stanza.matchAll(FIELD)) fields.set(name, value.trim());
  const [name, version] = [textOf(fields.get("Package")), textOf(fields.get("Version"))];
  const [, , state = "installed"] = (fields.get("Status") ?? "").split(/\s+/);
  if (name === undefined || version === undefined || !PRESENT.has(state)) return undefined;
  const arch = textOf(fields.get("Architecture"));
  const isSystem = fields.get("Essential") === "yes" || SYSTEM_PRIORITIES.has(fields.get("Priority") ?? "");
  return {
    type: "deb",
    name,
    version,
    ...(arch === undefined ? {} : { arch }),
    source: sourceOf(fields.get("Source"), { name, version }),
    place,
    requires: [...relations(fields.get("Pre-Depends")), ...relations(fields.get("Depends"))],
    provides: relations(fields.get("Provides")).flat(),
    ...(isSystem ? { system: true as const } : {}),
  };
}

const FIELD =
  /^(Package|Version|Status|Architecture|Source|Essential|Priority|Depends|Pre-Depends|Provides):(.*(?:\n[ \t].*)*)/gm;

/** `postgresql-15 (15.18-0+deb12u1)`: the version is written only if it differs. */
function sourceOf(text: string | undefined, own: { readonly name: string; readonly version: string }) {
  const [, name, version] = /^(\S+)(?:\s+\(([^)]*)\))?/.exec(text ?? "") ?? [];
  return { name: textOf(name) ?? own.name, version: textOf(version) ?? own.version };
}

/** `libc6 (>= 2.34), debconf (>= 0.5) | debconf-2.0, python3:any` (deb-control(5)). */
function relations(text: string | undefined): string[][] {
  if (!text) return [];
  return text
    .split(",")
    .map((alternatives) => namesOf(alternatives.split("|").map((part) => /^[^\s(:[]+/.exec(part.trim())?.[0])))
    .filter((names) => names.length > 0);
}

/** The short names in a machine-readable copyright file (DEP-5): each applies to some part of the package. */
function debianLicense(files: ImageFiles, name: string): string | undefined {
  if (name.includes("/")) return undefined;
  const text = files.read(`/usr/share/doc/${name}/copyright`, PACKAGE_LIMIT) ?? "";
  if (!/^Format(?:-Specification)?:/m.test(text.slice(0, 2000))) return undefined;
  const licenses = [...text.matchAll(/^License:[ \t]*(\S.*)$/gm)].map(([, short]) => textOf(short));
  const names = namesOf(licenses).sort();
  if (names.length === 0) return undefined;
  return names.length === 1
    ? names[0]
    : names.map((each) => (/\s(?:or|and)\s|,/i.test(each) ? `(${each})` : each)).join(" AND ");
}

/** The packages that own these paths, by path. */
export function dpkgOwners(files: ImageFiles, paths: ReadonlySet<string>): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  if (paths.size === 0) return owners;
  for (const list of files.paths) {
    const [, name] = /^\/var\/lib\/dpkg\/info\/([^/:]+)(?::[^/]+)?\.list$/.exec(list) ?? [];
    if (name === undefined) continue;
    const text = files.read(list, DATABASE_LIMIT) ?? "";
    for (const line of text.split("\n")) {
      // Debian's directories at the root are links into /usr now.
      for (const path of [line, `/usr${line}`]) if (paths.has(path)) owners.set(path, name);
    }
  }
  return owners;
}
