import { PROGRAM_TEXTS } from "../program-texts.js";
import type { FoundPackage, LockQuestion, LockResolver, Resolution } from "./lock-resolver.js";
import { needersOf } from "./needers.js";

/**
 * A global installation gives every package its own dependencies, so each is resolved in its own project, and the package manifest in
 * another one. They are really installed, because only npm knows which optional packages suit this system; its hidden lock file then
 * lists them, and its cache has the files by their hashes (cacache, content-v2). Scripts are not run.
 *
 * Versions that stay are overrides (package.json, "overrides"): `name@version` applies where the request allows that version.
 * A package that the image already has globally in the resolved version stays as it is, with everything below it.
 */
const SCRIPT = PROGRAM_TEXTS["npm-lock.cjs"];

export const npmLock: LockResolver = {
  isSystem: false,
  inputs: (request) => ({
    "resolve.cjs": SCRIPT,
    "request.json": JSON.stringify({ projects: projects(request), kept: request.kept }),
  }),
  script: 'node "$dir/resolve.cjs" "$dir"\n',
  read,
};

function projects({ requested, manifest }: LockQuestion) {
  const named = requested.flatMap(({ name, argument, keptArgument }) =>
    argument === undefined ? [] : [{ name, argument: keptArgument ?? argument }],
  );
  return manifest === undefined ? named : [...named, { files: manifest }];
}

/** An entry of a lock file (npm's documentation, package-lock.json, "packages"). */
interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: unknown;
  readonly inBundle?: boolean;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Report {
  readonly projects: readonly {
    readonly direct: readonly string[];
    readonly packages: Readonly<Record<string, Entry>>;
  }[];
  readonly files: Readonly<Record<string, string>>;
}

const MODULES = "node_modules/";

function read(text: string): Resolution {
  const { projects: all, files } = JSON.parse(text) as Report;
  const packages = new Map<string, FoundPackage>();
  for (const { direct, packages: entries } of all) {
    const linked = Object.entries(entries).find(([, { link, version }]) => link || version === undefined);
    if (linked !== undefined) return { ok: false, message: `${linked[0]} is not a package of a registry` };
    const why = needersOf(
      Object.entries(entries).map(([path, entry]) => ({
        name: path,
        isRequested: direct.some((name) => path === MODULES + name),
        needs: Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies })
          .map((name) => resolvePath(path, name, entries))
          .filter((found) => found !== undefined),
      })),
    );
    for (const [path, entry] of Object.entries(entries)) {
      if (entry.inBundle) continue;
      const npmPackage = foundPackage(path, entry, files);
      const id = `${npmPackage.name}@${npmPackage.version}`;
      const needers = why.get(path)?.map((needer) => nameOf(needer, entries[needer])) ?? [];
      const other = packages.get(id)?.why;
      // A package that is requested in one project and needed in another counts as requested.
      const isAsked = needers.length === 0 || other?.length === 0;
      packages.set(id, { ...npmPackage, why: isAsked ? [] : [...new Set([...needers, ...(other ?? [])])].sort() });
    }
  }
  return { ok: true, packages: [...packages.values()] };
}

function foundPackage(path: string, entry: Entry, files: Report["files"]): FoundPackage {
  const name = nameOf(path, entry);
  const { version = "", license } = entry;
  const [, algorithm, base64 = ""] = /^(sha512|sha1)-([A-Za-z0-9+/=]+)/.exec(entry.integrity ?? "") ?? [];
  const hex = Buffer.from(base64, "base64").toString("hex");
  return {
    manager: "npm",
    name,
    version,
    // No name contains a `+`, so no two packages have the same file.
    file: `${name.replace("@", "").replace("/", "+")}+${version}.tgz`,
    path: files[`${name}@${version}`] ?? "",
    ...(algorithm === undefined ? {} : { expected: { algorithm: algorithm as "sha512" | "sha1", hex } }),
    ...(typeof license === "string" && license !== "" ? { license } : {}),
    why: [],
  };
}

const nameOf = (path: string, entry: Entry | undefined) =>
  entry?.name ?? path.slice(path.lastIndexOf(MODULES) + MODULES.length);

/** The place where a package finds another one (Node.js, "Loading from node_modules folders"). */
function resolvePath(from: string, name: string, entries: Report["projects"][number]["packages"]): string | undefined {
  for (let directory = from; ; ) {
    const path = directory === "" ? MODULES + name : `${directory}/${MODULES}${name}`;
    if (entries[path] !== undefined) return path;
    if (directory === "") return undefined;
    directory = directory.slice(0, Math.max(0, directory.lastIndexOf(`/${MODULES}`)));
  }
}
