import type { FoundPackage } from "./lock-resolver.js";
import { needersOf } from "./needers.js";

/** The fields that dpkg-deb(1) prints of a package. */
const FIELDS = "Package Version Architecture Source Pre-Depends Depends Provides";

/**
 * Shell text that prints the control fields of the file named `$file` in `$dir/files`, for `readControl`. Debian's control data
 * contain no licence.
 */
export const PRINT_CONTROL = `dpkg-deb -f "$dir/files/$file" ${FIELDS}; echo`;

/** Reads paragraphs of control data (Debian Policy §5.1). */
function readParagraphs(text: string): Map<string, string>[] {
  return text.split(/\n{2,}/).flatMap((paragraph) => {
    const fields = new Map<string, string>();
    let last = "";
    for (const line of paragraph.split("\n")) {
      const [, name, value = ""] = /^([A-Za-z0-9-]+):[ \t]*(.*)$/.exec(line) ?? [];
      last = name ?? last;
      if (name !== undefined) fields.set(name, value);
      else if (/^[ \t]/.test(line)) fields.set(last, `${fields.get(last) ?? ""} ${line.trim()}`);
    }
    return fields.has("Package") ? [fields] : [];
  });
}

/** `otherwise`: what counts as needing a package that nothing here seems to need; see needersOf. */
export function readControl(
  text: string,
  requested: readonly string[],
  otherwise: "requested" | "nobody" = "requested",
): FoundPackage[] {
  const paragraphs = readParagraphs(text);
  const nameOf = (fields: ReadonlyMap<string, string>) => fields.get("Package") ?? "";
  const names = new Set(paragraphs.map(nameOf));
  // A virtual name may stand for several packages.
  const providers = new Map<string, Set<string>>();
  for (const fields of paragraphs) {
    for (const provided of [nameOf(fields), ...relations(fields.get("Provides"))])
      providers.set(provided, (providers.get(provided) ?? new Set()).add(nameOf(fields)));
  }
  const requestedNames = new Set(
    requested.flatMap((name) => (names.has(name) ? [name] : [...(providers.get(name) ?? [])])),
  );
  const why = needersOf(
    paragraphs.map((fields) => ({
      name: nameOf(fields),
      isRequested: requestedNames.has(nameOf(fields)),
      needs: [...relations(fields.get("Pre-Depends")), ...relations(fields.get("Depends"))].flatMap((needed) => [
        ...(providers.get(needed) ?? []),
      ]),
    })),
    otherwise,
  );
  return paragraphs.map((fields) => packageOf(fields, why.get(nameOf(fields)) ?? []));
}

function packageOf(fields: ReadonlyMap<string, string>, why: readonly string[]): FoundPackage {
  const [name, version, arch] = ["Package", "Version", "Architecture"].map((field) => fields.get(field) ?? "");
  const source = sourceOf(fields.get("Source"), name ?? "", version ?? "");
  const file = fields.get("File") ?? "";
  const sha256 = fields.get("SHA256") ?? "";
  return {
    manager: "apt",
    name: name ?? "",
    version: version ?? "",
    arch: arch ?? "",
    file,
    path: `files/${file}`,
    ...(sha256 === "" ? {} : { expected: { algorithm: "sha256" as const, hex: sha256 } }),
    ...(source === undefined ? {} : { source }),
    why,
  };
}

/** `Source: name (version)`, each part only if it differs (Debian Policy §5.6.1). */
function sourceOf(field: string | undefined, name: string, version: string): string | undefined {
  const [, source = name, sourceVersion = version] = /^(\S+)(?: \(([^)]*)\))?$/.exec(field ?? "") ?? [];
  return source === name && sourceVersion === version ? undefined : `${source} ${sourceVersion}`;
}

/** The names in a relation field, alternatives included (Debian Policy §7.1). */
function relations(field = ""): string[] {
  return field
    .split(/[,|]/)
    .map((part) => part.trim().replace(/[\s(:[<].*$/s, ""))
    .filter((name) => name !== "");
}
