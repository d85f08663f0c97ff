import { pointerTo } from "../../model/diagnostic.js";
import type { ManifestContent, ReadManifest } from "../../model/manifest.js";
import { quote } from "../../model/quote.js";
import { jsonPlaces } from "./json-places.js";
import { Findings, Places } from "./problem.js";

const LOCK = "package-lock.json";
/** A version, a range or a tag, without `:`, `/` and `@`, by which npm recognises addresses, paths and aliases. */
const RANGE = /^[0-9A-Za-z.*+^~<>=| -]*$/;
const EXACT = /^[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]*)?$/;

const REFUSED: Readonly<Record<string, string>> = {
  peerDependencies: "npm would install them too: list them under `dependencies`",
  overrides: "they change what approved packages are made of",
  workspaces: "they are folders that are not beside the manifest in the image",
  bundleDependencies: "they are part of a package that is published",
  bundledDependencies: "they are part of a package that is published",
};
/** npm runs these in the folder of the manifest (npm's documentation, "Life Cycle Scripts"). */
const LIFECYCLE = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "preprepare",
  "prepare",
  "postprepare",
  "dependencies",
];

type Json = Readonly<Record<string, unknown>>;

/** Reads package.json with package-lock.json, versions 2 and 3. */
export const readPackageJson: ReadManifest = (text, others): ManifestContent => {
  const findings = new Findings();
  const manifest = parse(text, "package.json", findings);
  if (manifest === undefined) return findings;
  const [places, keys] = [new Places(text), jsonPlaces(text)];
  const at = (...parts: string[]) => places.at(keys.get(pointerTo(...parts)) ?? 0);
  for (const [key, hint] of Object.entries(REFUSED)) {
    if (!Object.hasOwn(manifest, key)) continue;
    const { line, column } = at(key);
    findings.problem(line, column, `${quote(key)} is not passed on`, hint);
  }
  for (const name of LIFECYCLE) {
    if (!Object.hasOwn(mapping(manifest.scripts), name)) continue;
    const { line, column } = at("scripts", name);
    const hint = "say it under `setup` of the image, where it is seen";
    findings.problem(line, column, `npm would run the script ${quote(name)}`, hint);
  }
  const locked = others[LOCK] === undefined ? undefined : readLock(others[LOCK], findings);
  for (const key of ["dependencies", "optionalDependencies"]) {
    for (const [name, range] of Object.entries(mapping(manifest[key]))) {
      const place = at(key, name);
      if (typeof range !== "string" || !RANGE.test(range)) {
        const hint = "addresses, paths, repositories and aliases are no approved packages; write a version or a range";
        findings.problem(place.line, place.column, `${quote(String(range))} is not a version of ${quote(name)}`, hint);
        continue;
      }
      const fixed = locked?.get(name);
      if (fixed?.alias !== undefined) {
        const what = `${LOCK} takes ${quote(fixed.alias)} for ${quote(name)}`;
        findings.problem(place.line, place.column, what, HINT);
        continue;
      }
      const version = fixed?.version ?? (EXACT.test(range) ? range : undefined);
      const any = range.trim() === "" || range === "*";
      const optional = key === "optionalDependencies" ? { optional: true as const } : {};
      const limit = version === undefined ? (any ? {} : { constraint: range }) : { version };
      findings.requests.push({ name, ...limit, ...optional, ...place });
    }
  }
  return findings;
};

interface Locked {
  readonly version: string;
  /** The package that is installed under another name. */
  readonly alias: string | undefined;
}

const HINT = "only packages of a registry can be installed; npm writes the file anew with `npm install`";

/** The packages directly in node_modules. Problems are reported at the manifest's first line, because npm writes the lock file. */
function readLock(text: string, findings: Findings): Map<string, Locked> | undefined {
  const lock = parse(text, LOCK, findings);
  if (lock === undefined) return undefined;
  if (![2, 3].includes(Number(lock.lockfileVersion)) || typeof lock.packages !== "object") {
    findings.problem(
      1,
      1,
      `${LOCK} has no version 2 or 3`,
      "run `npm install --package-lock-only` with npm 7 or later",
    );
    return undefined;
  }
  const locked = new Map<string, Locked>();
  for (const [path, value] of Object.entries(mapping(lock.packages))) {
    if (path === "") continue;
    const entry = mapping(value);
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const published = typeof entry.name === "string" ? entry.name : name;
    if (!path.startsWith("node_modules/") || !isOfRegistry(entry, published)) {
      const from = typeof entry.resolved === "string" ? entry.resolved : "a folder";
      findings.problem(1, 1, `${LOCK} takes ${quote(path)} from ${quote(from)}`, HINT);
    }
    const alias = published === name ? undefined : published;
    if (path === `node_modules/${name}` && typeof entry.version === "string")
      locked.set(name, { version: entry.version, alias });
  }
  return locked;
}

/**
 * Whether an address is that of this package and version in a registry: `…/name/-/name-1.2.3.tgz`. The host does not matter, because
 * npm replaces it by the machine's registry.
 */
function isOfRegistry({ resolved, version, link }: Json, name: string): boolean {
  if (link === true || typeof version !== "string") return false;
  if (resolved === undefined) return true;
  if (typeof resolved !== "string" || !/^https?:\/\/[^?#\\]*$/.test(resolved)) return false;
  const wanted = `/${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
  return resolved.replace(/%2f/gi, "/").replace(/%40/g, "@").endsWith(wanted);
}

function parse(text: string, file: string, findings: Findings): Json | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  } catch {
    // Reported below, because the parser's own message differs between versions of Node.js.
  }
  findings.problem(1, 1, `${file} is not a JSON object`, "npm would refuse it as well");
  return undefined;
}

const mapping = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
