import type { Inventory, InventoryPackage } from "../../model/inventory.js";
import { readApk } from "./apk-database.js";
import { dpkgOwners, readDpkg } from "./dpkg.js";
import { type ImageFiles, PACKAGE_LIMIT, textOf } from "./image-files.js";
import { nodeFiles, readNode } from "./node.js";
import { readGems, readGo, readMaven, readPowershell } from "./other-languages.js";
import { pythonFiles, readPython } from "./python.js";
import { RPM_QUERY, readRpm } from "./rpm-database.js";
import { isWanted, isWantedDirectory, isWantedLink, rpmDatabase } from "./wanted.js";

/** The output of rpm for RPM_QUERY, and the database that it read. */
export interface RpmAnswer {
  readonly text: string;
  readonly place: string;
}

/** Reads what is installed in a file system from the files of package managers. */
export function readInventory(files: ImageFiles, rpm?: RpmAnswer): Inventory {
  const paths = new Set([...pythonFiles(files), ...nodeFiles(files), ...files.paths.filter(isOneFile)]);
  const [apk, rpms] = [readApk(files, paths), rpm && readRpm(rpm.text, rpm.place, paths)];
  const owners = new Map([...dpkgOwners(files, paths), ...apk.owners, ...(rpms?.owners ?? [])]);
  const byPlace = new Map(
    [...owners].flatMap(([path, owner]) => [
      [path, owner],
      [path.slice(0, path.lastIndexOf("/")), owner],
    ]),
  );
  // Debian's npm alone would be a thousand packages, which only Debian's own Node.js packages can use.
  const node = readNode(files, (path) => owners.has(path));
  const languages = [readPython, readGems, readGo, readMaven, readPowershell].flatMap((read) => read(files));
  const packages = [
    ...readDpkg(files),
    ...apk.packages,
    ...(rpms?.packages ?? []),
    ...node,
    ...languages.map((entry) => {
      const owner = byPlace.get(entry.place);
      return owner === undefined ? entry : { ...entry, ownedBy: owner };
    }),
  ];
  const os = readOs(files);
  return { ...(os === undefined ? {} : { os }), packages: packages.sort(inOrder) };
}

/** Packages that a file of theirs identifies, like those of pythonFiles and nodeFiles. */
const isOneFile = (path: string) => /\.(?:gemspec|jar|psd1)$/.test(path);

/** os-release(5): the first of the two places. */
function readOs(files: ImageFiles): Inventory["os"] {
  const file = ["/etc/os-release", "/usr/lib/os-release"].map((path) => files.read(path, PACKAGE_LIMIT)).find(Boolean);
  const value = (name: string) => textOf(new RegExp(`^${name}=["']?([^"'\\n]*)`, "m").exec(file ?? "")?.[1]);
  const id = value("ID");
  return id === undefined ? undefined : { id, version: value("VERSION_ID") ?? "" };
}

const inOrder = (a: InventoryPackage, b: InventoryPackage) =>
  compare(a.type, b.type) ||
  compare(a.name, b.name) ||
  compare(a.version, b.version) ||
  compare(a.place, b.place) ||
  compare(a.arch ?? "", b.arch ?? "");

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Everything that run/scan-image.ts needs to inspect an image. */
export const INVENTORY_READER = {
  wanted: { isWanted, isWantedDirectory, isWantedLink },
  rpm: { databaseOf: rpmDatabase, query: RPM_QUERY },
  read: readInventory,
};
