import type { LockResolver } from "./lock-resolver.js";
import { needersOf } from "./needers.js";

const OPTIONS = "-y --setopt=install_weak_deps=0 install";
/** One line a field, so that licences may hold anything else; a blank line behind each package. */
const QUERY =
  "n %{NAME}\\nv %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\na %{ARCH}\\nl %{LICENSE}\\ns %{SOURCERPM}\\n[r %{REQUIRENAME}\\n][p %{PROVIDENAME}\\n][p %{FILENAMES}\\n]\\n";

/**
 * dnf has no way of its own to prefer a version (a plugin has), so only what is asked for by name is kept; the rest is what the
 * repositories have now.
 */
export const dnfLock: LockResolver = {
  inputs: ({ asked }) => ({
    arguments: asked.map(({ argument = "", keptArgument = argument }) => `${keptArgument}\n`).join(""),
  }),
  script: `
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
dnf=dnf; if [ ! -e /usr/bin/dnf ]; then dnf=microdnf; fi
set --
while read -r argument; do set -- "$@" "$argument"; done < "$dir/arguments"
"$dnf" ${OPTIONS} --downloadonly --downloaddir="$dir/files" "$@" >&2
: > "$dir/report"
for path in "$dir"/files/*.rpm; do
  if [ ! -e "$path" ]; then continue; fi
  printf 'f %s\\n' "\${path##*/}" >> "$dir/report"
  rpm -qp --nosignature --queryformat '${QUERY}' "$path" >> "$dir/report"
done
`,
  install: `"$dnf" ${OPTIONS} "$@" >&2\n`,
  read(report, { asked }) {
    const names = new Set(asked.map(({ name }) => name));
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
        asked: names.has(one(fields, "n")),
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
