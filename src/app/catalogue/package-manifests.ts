import { isUtf8 } from "node:buffer";
import { posix } from "node:path";
import type { FileTree } from "../../load/git/tree.js";
import { manifestFile } from "../../load/manifest-file.js";
import { TextSource } from "../../load/yaml/text-source.js";
import type { Catalogue } from "../../model/catalogue.js";
import type { Body, ManifestReference } from "../../model/definition.js";
import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import type { Graph, Stage } from "../../model/graph.js";
import { MAX_MANIFEST_BYTES, type ManifestContent } from "../../model/manifest.js";
import { managerFor } from "../../packages/managers.js";
import { manifestFormat } from "../../packages/manifest-format.js";
import { largeManifest, unknownManifest } from "../../policy/manifest-approval.js";

/** A native manifest of a body, read. */
export interface PackageManifest {
  readonly body: Body;
  readonly content: ManifestContent;
  /** The manifest's own: `at("/3/5")` is line 3, column 5. */
  readonly source: TextSource;
  /** The manifest and the lock file beside it: paths of the catalogue. */
  readonly files: readonly string[];
}

export interface PackageManifests {
  readonly byBody: ReadonlyMap<Body, PackageManifest>;
  /** By body: why its manifest cannot be read. */
  readonly problems: ReadonlyMap<Body, Diagnostic>;
}

interface ManifestFiles {
  readonly body: Body;
  readonly reader: string;
  readonly file: string;
  readonly files: readonly string[];
}

/** Reads what all native manifests of a catalogue ask for, with one pass over the tree. Throws TreeError. */
export async function readPackageManifests(
  tree: FileTree,
  catalogue: Catalogue,
  graph: Graph,
): Promise<PackageManifests> {
  const problems = new Map<Body, Diagnostic>();
  const found = new Map<Body, ManifestFiles>();
  for (const stage of [...graph.nodes.values()].flatMap(({ stages }) => stages)) {
    for (const body of stage.bodies) {
      if (body.runtimeManifest === undefined) continue;
      const looked = findManifest(body, body.runtimeManifest, { stage, catalogue });
      if (looked === undefined) continue;
      if ("reader" in looked) found.set(body, looked);
      else problems.set(body, looked);
    }
  }
  if (found.size === 0) return { byBody: new Map(), problems };
  const texts = new Map<string, string>();
  const paths = [...new Set([...found.values()].flatMap(({ files }) => files))];
  const broken = new Set<string>();
  await tree.read(paths, (path, content) => {
    if (!isUtf8(content)) broken.add(path);
    texts.set(path, content.toString("utf8"));
  });
  const { MANIFEST_READERS } = await import("../../packages/manifests/readers.js");
  const read = new Map<Body, PackageManifest>();
  for (const [body, { reader, file, files }] of found) {
    const odd = files.find((path) => broken.has(path));
    if (odd !== undefined) {
      problems.set(body, errorAt({ file: odd, line: 1, column: 1 }, "not-text", "the file is not UTF-8 text"));
      continue;
    }
    const text = texts.get(file) ?? "";
    const others = files.filter((other) => other !== file).map((path) => [posix.basename(path), texts.get(path) ?? ""]);
    const content = MANIFEST_READERS[reader]?.(text, Object.fromEntries(others));
    if (content === undefined) throw new Error(`no reader of manifests is named ${reader}`);
    read.set(body, { body, content, source: new TextSource(file, text), files });
  }
  return { byBody: read, problems };
}

/** undefined: there is no such file or no language, which is said elsewhere. */
function findManifest(
  body: Body,
  manifest: ManifestReference,
  { stage, catalogue }: { readonly stage: Stage; readonly catalogue: Catalogue },
): ManifestFiles | Diagnostic | undefined {
  const file = manifestFile(body, manifest);
  const manager = managerFor("runtime", stage.language, catalogue);
  if (manager === undefined || !catalogue.files.get(file)?.mode.startsWith("100")) return undefined;
  const place = body.source.at(manifest.pointer);
  const known = manifestFormat(manager, posix.basename(file));
  if (!known.ok) return unknownManifest(place, known.message, known.hint);
  const { lock, reader } = known.format;
  const beside = lock === undefined ? [] : [posix.join(posix.dirname(file), lock)];
  // To leave it out would install what it does not fix.
  const linked = beside.find((path) => catalogue.files.get(path)?.mode === "120000");
  if (linked !== undefined) return linkedLock(linked);
  const files = [file, ...beside.filter((path) => catalogue.files.has(path))];
  const large = files.find((path) => (catalogue.files.get(path)?.size ?? 0) > MAX_MANIFEST_BYTES);
  if (large !== undefined) return largeManifest(place, large, MAX_MANIFEST_BYTES);
  return { body, reader, file, files };
}

const linkedLock = (file: string) =>
  errorAt({ file, line: 1, column: 1 }, "not-a-file", "a lock file must be a regular file, not a symbolic link");

/** The manifest of a stage: there is room for one, since its files keep their names where they are put. */
export function stageManifest({ bodies }: Stage, { byBody, problems }: PackageManifests) {
  const diagnostics: Diagnostic[] = [];
  let manifest: PackageManifest | undefined;
  for (const body of bodies) {
    const problem = problems.get(body);
    if (problem !== undefined) diagnostics.push(problem);
    const found = byBody.get(body);
    if (found !== undefined && manifest !== undefined) {
      const place = body.source.at(body.runtimeManifest?.pointer ?? "");
      const message = `an image can have one manifest only, and ${manifest.body.source.file} brings one`;
      diagnostics.push(errorAt(place, "manifest-twice", message, "write its packages into `runtime-packages`"));
    }
    manifest ??= found;
  }
  return { manifest, diagnostics };
}
