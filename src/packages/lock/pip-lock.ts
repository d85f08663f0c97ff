import { PROGRAM_TEXTS } from "../program-texts.js";
import type { FoundPackage, LockQuestion, LockResolver, Resolution } from "./lock-resolver.js";
import { needersOf } from "./needers.js";

/**
 * Resolves the packages first, then the package manifest, as the install template does: the second step sees what the first brought.
 * pip's own report (pip's documentation, "Installation Report"; pip 22.2) lists what would be installed and from where. Packages
 * without a wheel are left to `read`: building them would fetch more, and it is not known what.
 */
const SCRIPT = PROGRAM_TEXTS["pip-lock.py"];

export const pipLock: LockResolver = {
  isSystem: false,
  inputs: (request) => ({
    "resolve.py": SCRIPT,
    "request.json": JSON.stringify(steps(request)),
    constraints: request.kept.map(({ name, version }) => `${name}==${version}\n`).join(""),
    ...request.manifest,
  }),
  script: 'python3 "$dir/resolve.py" "$dir"\n',
  read,
};

/** Arguments of each `pip install`; a word with a leading @ is a file. */
function steps({ requested, kept, manifest }: LockQuestion): string[][] {
  const constraints = kept.length === 0 ? [] : ["-c", "@constraints"];
  const named = requested.flatMap(({ argument, keptArgument }) =>
    argument === undefined ? [] : [keptArgument ?? argument],
  );
  const packages = named.length === 0 ? [] : [[...constraints, ...named]];
  if (manifest === undefined) return packages;
  // With hashes every version is already fixed, and pip would require a hash of each constraint as well.
  const isFixed = Object.values(manifest).some((text) => text.includes("--hash="));
  return [...packages, [...(isFixed ? [] : constraints), "-r", "@requirements.txt"]];
}

interface Report {
  readonly install: readonly {
    readonly requested: boolean;
    readonly download_info: {
      readonly url: string;
      readonly archive_info?: { readonly hash?: string; readonly hashes?: Readonly<Record<string, string>> };
    };
    readonly metadata: Metadata;
  }[];
}

interface Metadata {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly license_expression?: string;
  readonly classifier?: readonly string[];
  readonly requires_dist?: readonly string[];
}

function read(text: string): Resolution {
  const install = (JSON.parse(text) as readonly Report[]).flatMap((report) => report.install);
  const entries = install.map((entry) => ({ ...entry, file: fileOf(entry.download_info.url) }));
  const source = entries.find(({ file }) => !file.endsWith(".whl"));
  if (source !== undefined) {
    const { name, version } = source.metadata;
    return { ok: false, message: `${name} ${version} has no wheel for this image, only ${source.file}` };
  }
  const why = needersOf(
    entries.map(({ metadata, requested }) => ({
      name: normalise(metadata.name),
      isRequested: requested,
      needs: (metadata.requires_dist ?? []).filter((text) => !/;.*\bextra\s*==/.test(text)).map(requirementName),
      mayNeed: (metadata.requires_dist ?? []).map(requirementName),
    })),
  );
  return {
    ok: true,
    packages: entries.map(({ metadata, file, download_info }): FoundPackage => {
      const name = normalise(metadata.name);
      const license = licenseOf(metadata);
      const { hash, hashes } = download_info.archive_info ?? {};
      const sha256 = hashes?.sha256 ?? /^sha256=([0-9a-f]{64})$/.exec(hash ?? "")?.[1];
      return {
        manager: "pip",
        name,
        version: metadata.version,
        file,
        path: `files/${file}`,
        ...(sha256 === undefined ? {} : { expected: { algorithm: "sha256", hex: sha256 } }),
        ...(license === undefined ? {} : { license }),
        why: why.get(name) ?? [],
      };
    }),
  };
}

const fileOf = (url: string) =>
  decodeURIComponent(
    url
      .replace(/[?#].*$/s, "")
      .split("/")
      .at(-1) ?? "",
  );

/** PEP 503. */
const normalise = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");

const requirementName = (text: string) => normalise(/^\s*([A-Za-z0-9._-]+)/.exec(text)?.[1] ?? "");

/** A single line, not the licence's whole text; else the classifiers (PEP 639, PEP 301). */
function licenseOf({ license, license_expression: expression, classifier = [] }: Metadata): string | undefined {
  const line = [expression, license].find(
    (text) => text && text.length <= 200 && !/[\r\n]/.test(text) && !/^UNKNOWN$/i.test(text),
  );
  if (line) return line.trim();
  const classes = classifier.filter((text) => /^License :: .* :: /.test(text)).map((text) => text.split(" :: ").at(-1));
  return classes.length === 0 ? undefined : [...new Set(classes)].sort().join(" AND ");
}
