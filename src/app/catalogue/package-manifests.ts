import { isUtf8 } from "node:buffer";
import { posix } from "node:path";
import { lfsPointer } from "../../load/git/lfs.js";
import type { FileTree } from "../../load/git/tree.js";
import { lfsDocument } from "../../load/load.js";
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

/** The package manifest of a body, with its content. */
export interface PackageManifest {
  readonly body: Body;
  readonly content: ManifestContent;
  /** Positions in the manifest itself: `at("/3/5")` is line 3, column 5. */
  readonly source: TextSource;
  /** The paths in the catalogue of the manifest and of the package manager's lock file beside it. */
  readonly files: readonly string[];
}

export interface PackageManifests {
  readonly byBody: ReadonlyMap<Body, PackageManifest>;
  /** By body, the reason why its manifest cannot be read. */
  readonly problems: ReadonlyMap<Body, Diagnostic>;
}

interface ManifestFiles {
  readonly body: Body;
  readonly reader: string;
  readonly file: string;
  readonly files: readonly string[];
}

/** Reads all package manifests of a catalogue, with one pass over the tree. Throws TreeError. */
export async function readPackageManifests(
  tree: FileTree,
  catalogue: Catalogue,
  graph: Graph,
): Promise<PackageManifests> {
  const problems = new Map<Body, Diagnostic>();
  const manifests = new Map<Body, ManifestFiles>();
  for (const stage of [...graph.nodes.values()].flatMap(({ stages }) => stages)) {
    for (const body of stage.bodies) {
      if (body.runtimeManifest === undefined) continue;
      const result = findManifest(body, body.runtimeManifest, { stage, catalogue });
      if (result === undefined) continue;
      if ("reader" in result) manifests.set(body, result);
      else problems.set(body, result);
    }
  }
  if (manifests.size === 0) return { byBody: new Map(), problems };
  const paths = [...new Set([...manifests.values()].flatMap(({ files }) => files))];
  const { texts, broken, pointers } = await readTexts(tree, paths);
  const { MANIFEST_READERS } = await import("../../packages/manifests/readers.js");
  const byBody = new Map<Body, PackageManifest>();
  for (const [body, { reader, file, files }] of manifests) {
    const binary = files.find((path) => broken.has(path));
    if (binary !== undefined) {
      problems.set(body, errorAt({ file: binary, line: 1, column: 1 }, "not-text", "the file is not UTF-8 text"));
      continue;
    }
    const pointer = files.find((path) => pointers.has(path));
    if (pointer !== undefined) {
      problems.set(body, lfsDocument(pointer));
      continue;
    }
    const text = texts.get(file) ?? "";
    const others = files.filter((other) => other !== file).map((path) => [posix.basename(path), texts.get(path) ?? ""]);
    const content = MANIFEST_READERS[reader]?.(text, Object.fromEntries(others));
    if (content === undefined) throw new Error(`no reader of manifests is named ${reader}`);
    byBody.set(body, { body, content, source: new TextSource(file, text), files });
  }
  return { byBody, problems };
}

/** `broken` are files that are not UTF-8. */
async function readTexts(tree: FileTree, paths: readonly string[]) {
  const texts = new Map<string, string>();
  const broken = new Set<string>();
  const pointers = new Set<string>();
  await tree.read(paths, (path, content) => {
    if (!isUtf8(content)) broken.add(path);
    if (lfsPointer(content) !== undefined) pointers.add(path);
    texts.set(path, content.toString("utf8"));
  });
  return { texts, broken, pointers };
}

/** undefined: there is no such file or no language, which is reported elsewhere. */
function findManifest(
  body: Body,
  manifest: ManifestReference,
  { stage, catalogue }: { readonly stage: Stage; readonly catalogue: Catalogue },
): ManifestFiles | Diagnostic | undefined {
  const file = manifestFile(body, manifest);
  const manager = managerFor("runtime", stage.language, catalogue);
  if (manager === undefined || !catalogue.files.get(file)?.mode.startsWith("100")) return undefined;
  const place = body.source.at(manifest.pointer);
  const result = manifestFormat(manager, posix.basename(file));
  if (!result.ok) return unknownManifest(place, result.message, result.hint);
  const { lock, reader } = result.format;
  const beside = lock === undefined ? [] : [posix.join(posix.dirname(file), lock)];
  // Ignoring it would install other versions than it fixes.
  const linked = beside.find((path) => catalogue.files.get(path)?.mode === "120000");
  if (linked !== undefined) return linkedLock(linked);
  const files = [file, ...beside.filter((path) => catalogue.files.has(path))];
  const large = files.find((path) => (catalogue.files.get(path)?.size ?? 0) > MAX_MANIFEST_BYTES);
  if (large !== undefined) return largeManifest(place, large, MAX_MANIFEST_BYTES);
  return { body, reader, file, files };
}

const linkedLock = (file: string) =>
  errorAt({ file, line: 1, column: 1 }, "not-a-file", "a lock file must be a regular file, not a symbolic link");

/** The package manifest of a stage. It can have only one, as the files keep their names in the image. */
export function stageManifest({ bodies }: Stage, { byBody, problems }: PackageManifests) {
  const diagnostics: Diagnostic[] = [];
  let manifest: PackageManifest | undefined;
  for (const body of bodies) {
    const problem = problems.get(body);
    if (problem !== undefined) diagnostics.push(problem);
    const own = byBody.get(body);
    if (own !== undefined && manifest !== undefined) {
      const place = body.source.at(body.runtimeManifest?.pointer ?? "");
      const message = `an image can have only one package manifest, and ${manifest.body.source.file} brings one`;
      diagnostics.push(errorAt(place, "manifest-twice", message, "write its packages into `runtime-packages`"));
    }
    manifest ??= own;
  }
  return { manifest, diagnostics };
}
