import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { ImageName } from "../../model/names.js";
import { observeAll } from "../../resolve/observe.js";
import { imageNamed, type LoadedCatalogue, loadChecked, withAncestors } from "../catalogue/catalogue.js";
import { openRegistryFor } from "../plan/plan.js";
import { attachedSbom, sbomInput } from "./attachment.js";
import type { ContentsOptions } from "./contents-reader.js";
import { contentsOf } from "./image-contents.js";
import { chainFiles, type FileSources, type FoundFile, mergedView } from "./image-files.js";

export const SBOM_FORMATS = ["cyclonedx", "spdx"] as const;

export interface SbomOptions extends ContentsOptions {
  readonly ref?: string;
  readonly format: (typeof SBOM_FORMATS)[number];
  /** Lists every file with its origin. */
  readonly files?: boolean;
}

/**
 * The document about an image: the one that is attached to it in the registry, else one that is made from its contents, for which
 * the image is pulled and scanned where necessary.
 */
export async function sbomOf(context: Context, options: SbomOptions, name: string): Promise<string> {
  const loaded = await loadChecked(context, options.ref);
  const image = imageNamed(loaded, name);
  const { images, settings } = loaded.desired;
  const registry = openRegistryFor(context, settings, options);
  const observations = await observeAll(registry, loaded.desired);
  const digest = observations.get(image.node.name)?.record?.manifestDigest;
  const attached = digest && (await attachedSbom(registry, image.node.name, digest));
  if (attached !== undefined && options.format === "cyclonedx" && !options.files) return attached.text;
  const contents = attached?.contents ?? (await scannedContents(context, options, { loaded, name: image.node.name }));
  if (contents === undefined || contents.from === "unknown") {
    throw new CommandError(
      EXIT.failed,
      `the contents of ${name} are unknown: it is neither built nor in slipway.lock`,
      `slipway build ${name}, or slipway lock`,
    );
  }
  const sources = { context, loaded, registry, observations };
  const files = options.files ? { files: await allFiles(sources, image.node.name) } : {};
  const input = { ...(await sbomInput({ image, images, contents, digest })), ...files };
  if (options.format === "spdx") return (await import("../../report/sbom/spdx.js")).spdx(input);
  return (await import("../../report/sbom/cyclonedx.js")).cycloneDx(input);
}

/** Every file that a container sees. Fails where that is not known of the image itself. */
async function allFiles(sources: FileSources, name: ImageName): Promise<readonly FoundFile[]> {
  const chain = await chainFiles(sources, name);
  const unknown = chain.filter(({ attribution }) => attribution === undefined).map(({ image }) => image);
  if (unknown.includes(name)) {
    const hint = "it was built before Slipway wrote that down; `builder: { revision: … }` in slipway.yaml rebuilds it";
    throw new CommandError(EXIT.failed, `it is not known what made the files of ${name}`, hint);
  }
  if (unknown.length > 0)
    sources.context.note(
      `slipway: the files of ${unknown.join(", ")} are left out: nobody has written down what made them\n`,
    );
  return [...mergedView(chain).values()].sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
}

/** Scans the image and what it is built from, and nothing else: the whole catalogue may take long to pull. */
async function scannedContents(
  context: Context,
  options: SbomOptions,
  { loaded, name }: { loaded: LoadedCatalogue; name: ImageName },
) {
  const { desired } = loaded;
  const family = withAncestors([name], desired);
  const images = new Map([...desired.images].filter(([image]) => family.has(image)));
  const part = { ...loaded, desired: { ...desired, images } };
  return (await contentsOf(context, part, { ...options, scan: true })).get(name);
}
