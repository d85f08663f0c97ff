import { PROGRAM_TEXTS } from "../program-texts.js";
import type { LockResolver } from "./lock-resolver.js";
import { needersOf } from "./needers.js";

/**
 * dnf itself cannot prefer a version (a plugin can), so only packages that are requested by name keep theirs; the others are those
 * that the repositories have now.
 */
export const dnfLock: LockResolver = {
  isSystem: true,
  inputs: ({ requested }) => ({
    arguments: requested.map(({ argument = "", keptArgument = argument }) => `${keptArgument}\n`).join(""),
  }),
  script: PROGRAM_TEXTS["dnf-lock.sh"],
  read(report, { requested }) {
    const names = new Set(requested.map(({ name }) => name));
    const packages = report
      .split("\n\n")
      .map(readFields)
      .filter((fields) => fields.has("n"));
    const one = (fields: ReadonlyMap<string, readonly string[]>, key: string) => fields.get(key)?.[0] ?? "";
    const providers = new Map<string, Set<string>>();
    for (const fields of packages)
      for (const provided of [one(fields, "n"), ...(fields.get("p") ?? [])])
        providers.set(provided, (providers.get(provided) ?? new Set()).add(one(fields, "n")));
    const why = needersOf(
      packages.map((fields) => ({
        name: one(fields, "n"),
        isRequested: names.has(one(fields, "n")),
        needs: (fields.get("r") ?? []).flatMap((needed) => [...(providers.get(needed) ?? [])]),
      })),
    );
    return {
      ok: true,
      packages: packages.map((fields) => {
        const [name, version, arch, license, file] = ["n", "v", "a", "l", "f"].map((key) => one(fields, key));
        const source = sourceOf(one(fields, "s"), name ?? "", version ?? "");
        return {
          manager: "dnf" as const,
          name: name ?? "",
          version: version ?? "",
          arch: arch ?? "",
          file: file ?? "",
          path: `files/${file}`,
          ...(source === undefined ? {} : { source }),
          ...(license === undefined || license === "" ? {} : { license }),
          why: why.get(name ?? "") ?? [],
        };
      }),
    };
  },
};

function readFields(paragraph: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const line of paragraph.split("\n")) {
    const [key, text] = [line.slice(0, 1), line.slice(2)];
    if (text !== "") fields.set(key, [...(fields.get(key) ?? []), text]);
  }
  return fields;
}

/** `name-version-release.src.rpm`, which has no epoch. */
function sourceOf(sourceRpm: string, name: string, version: string): string | undefined {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(sourceRpm);
  if (match === null) return undefined;
  const [, source = "", own = ""] = match;
  return source === name && own === version.replace(/^[0-9]+:/, "") ? undefined : `${source} ${own}`;
}
