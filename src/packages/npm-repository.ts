import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { rcompare } from "semver";

/** An npm package as a registry serves it. */
export interface NpmFile {
  readonly name: string;
  readonly version: string;
  /** The file's name in the registry's directory. */
  readonly file: string;
  readonly bytes: Buffer;
}

/** One version of a packument: the package's own data and its file. */
export interface NpmVersion {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  /** Its package.json, with the fields that a registry adds. */
  readonly manifest: Readonly<Record<string, unknown>>;
}

/**
 * The data that a registry would serve for a package, from its tarball. npm relies on a packument for three facts that package.json
 * does not contain: the hash, whether there are install scripts, and whether the package has a lock file of its own.
 */
export function npmVersion({ name, version, file, bytes }: NpmFile): NpmVersion {
  const tar = gunzipSync(bytes);
  const own = readTarFile(tar, "package.json");
  if (own === undefined) throw new Error(`the tarball of ${name} ${version} has no package.json`);
  const packageJson = JSON.parse(own.toString("utf8").replace(/^\uFEFF/, "")) as Record<string, unknown>;
  const scripts = (packageJson.scripts ?? {}) as Readonly<Record<string, unknown>>;
  const installs = ["preinstall", "install", "postinstall"].some((script) => script in scripts);
  const manifest = {
    ...packageJson,
    // As it was published: the name of the lock file may be an old one.
    name,
    version,
    ...(installs ? { hasInstallScript: true } : {}),
    ...(readTarFile(tar, "npm-shrinkwrap.json") === undefined ? {} : { _hasShrinkwrap: true }),
    dist: { integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}` },
  };
  return { name, version, file, manifest };
}

/**
 * The versions for the registry of a build (programs/npm-registry.cjs). The first of each name gets the tag `latest`: the
 * newest, or the version that was locked for a request of the latest (`latest`: version by name).
 */
export function npmVersions(versions: readonly NpmVersion[], latest: ReadonlyMap<string, string>): string {
  const isLatest = ({ name, version }: NpmVersion) => latest.get(name) === version;
  const sorted = [...versions].sort(
    (a, b) => Number(isLatest(b)) - Number(isLatest(a)) || rcompare(a.version, b.version, { loose: true }),
  );
  return JSON.stringify(sorted);
}

const BLOCK = 512;

/** A file of the top directory in a tar archive, whatever that is named; usually `package` (ustar, pax(1)). */
function readTarFile(tar: Buffer, wanted: string): Buffer | undefined {
  const text = (at: number, length: number) => tar.toString("utf8", at, at + length).replace(/\0.*$/s, "");
  let long: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim() || "0", 8);
    const type = text(at + 156, 1) || "0";
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    const prefix = text(at + 257, 5) === "ustar" ? text(at + 345, 155) : "";
    const name = long ?? [prefix, text(at, 100)].filter((part) => part !== "").join("/");
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "x") long = /(?:^|\n)\d+ path=(.*)\n/.exec(content.toString("utf8"))?.[1];
    else if (type === "L") long = content.toString("utf8").replace(/\0.*$/s, "");
    else long = undefined;
    const [top, ...rest] = name.replace(/^\.\//, "").split("/");
    if (type === "0" && top !== undefined && rest.join("/") === wanted) return content;
  }
  return undefined;
}
