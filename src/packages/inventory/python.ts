import type { InventoryPackage } from "../../model/inventory.js";
import { normalName } from "../../model/package-types.js";
import { type ImageFiles, PACKAGE_LIMIT, plainly, textOf } from "./image-files.js";

/** Installed distributions: `*.dist-info` (PEP 376), `*.egg-info` and the content of eggs. */
export function readPython(files: ImageFiles): InventoryPackage[] {
  return pythonFiles(files).flatMap((path) => {
    const place = path.endsWith(".egg-info") ? path : path.slice(0, path.lastIndexOf("/"));
    const text = files.read(path, PACKAGE_LIMIT) ?? "";
    // Fields end at the first empty line (core metadata specifications); a description of any length follows.
    const fields = text.split(/\r?\n\r?\n/, 1)[0] ?? "";
    const all = (name: string) => [...fields.matchAll(new RegExp(`^${name}:(.*)$`, "gim"))].map(([, value]) => value);
    const [, named, versioned] = /\/([^/]+?)-([^/-]+)(?:-[^/]*)?\.(?:dist-info|egg-info|egg)(?:\/|$)/.exec(path) ?? [];
    const name = textOf(all("Name")[0]) ?? textOf(named);
    if (name === undefined) return [];
    const license = licenseOf(all);
    return [
      {
        type: "pypi",
        name: normalName("pypi", name),
        version: textOf(all("Version")[0]) ?? textOf(versioned) ?? "",
        ...(license === undefined ? {} : { license }),
        place,
        requires: plainly([...all("Requires-Dist"), ...eggRequires(files, place)].map(requirement)),
        provides: [],
      },
    ];
  });
}

/** The files that identify a Python package; their owner tells whether a system package brought it. */
export const pythonFiles = ({ paths }: ImageFiles) =>
  paths.filter((path) => /\/METADATA$|\/PKG-INFO$|\.egg-info$/.test(path));

/** `requests[security] (>=2) ; extra == "x"`. What an extra needs counts as well, because requested extras are not recorded. */
function requirement(text: string | undefined): string | undefined {
  const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(text ?? "")?.[1];
  return name === undefined ? undefined : normalName("pypi", name);
}

function eggRequires(files: ImageFiles, place: string): string[] {
  if (!/(?:\.egg-info|\/EGG-INFO)$/.test(place)) return [];
  return (files.read(`${place}/requires.txt`, PACKAGE_LIMIT) ?? "")
    .split("\n")
    .filter((line) => !/^\[|^\s*$/.test(line));
}

/** The SPDX expression (PEP 639), else one short line, else the classifiers. */
function licenseOf(all: (name: string) => (string | undefined)[]): string | undefined {
  const expression = textOf(all("License-Expression")[0]) ?? textOf(all("License")[0]);
  if (expression !== undefined && expression !== "UNKNOWN" && expression.length < 100) return expression;
  const classifiers = all("Classifier").map((each) => /^\s*License ::.*:: ([^:]+)$/.exec(each ?? "")?.[1]);
  return textOf([...new Set(classifiers.flatMap((each) => textOf(each) ?? []))].sort().join(" AND "));
}
