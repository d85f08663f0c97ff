import { posix } from "node:path";
import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { AttributedFile } from "../../model/attribution.js";
import type { ImageName } from "../../model/names.js";
import { nearest } from "../../model/nearest.js";
import type { FileExplanation, FileLayer } from "../../report/why-file-text.js";
import { placeOfFile } from "../../resolve/file-place.js";
import { observeAll } from "../../resolve/observe.js";
import { imageNamed, loadChecked } from "../catalogue/catalogue.js";
import { openRegistryFor, type RegistryOptions } from "../plan/plan.js";
import { chainFiles, type FileSources, type FoundFile, mergedView } from "./image-files.js";

/** As many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** Says where a file of an image comes from. Fails with a usage error where there is no such image or path. */
export async function explainFile(
  context: Context,
  options: RegistryOptions & { readonly ref?: string },
  [wanted, given]: readonly [image: string, path: string],
): Promise<FileExplanation> {
  const loaded = await loadChecked(context, options.ref);
  const { name } = imageNamed(loaded, wanted).node;
  if (!given.startsWith("/")) {
    throw new CommandError(EXIT.usage, `${given} is not an absolute path in the image`, `did you mean /${given}?`);
  }
  const registry = openRegistryFor(context, loaded.desired.settings, options);
  const observations = await observeAll(registry, loaded.desired);
  if (observations.get(name)?.record === undefined)
    throw new CommandError(EXIT.failed, `${name} is not built`, `slipway build ${name}`);
  return new Explainer({ context, loaded, registry, observations }).explain(name, posix.normalize(given));
}

class Explainer {
  readonly #sources: FileSources;

  constructor(sources: FileSources) {
    this.#sources = sources;
  }

  async explain(name: ImageName, path: string): Promise<FileExplanation> {
    const chain = await chainFiles(this.#sources, name);
    const view = mergedView(chain);
    const { real, links } = followLinks(path, view);
    const unknown = chain.filter(({ attribution }) => attribution === undefined).map(({ image }) => image);
    const files = chain.flatMap(({ image, attribution }) => {
      const file = attribution?.files.find((each) => each.path === real || isAbove(each, real));
      return file === undefined ? [] : [{ image, file }];
    });
    if (files.length === 0) throw this.#notFound({ name, path: real, unknown }, view);
    const layers = await Promise.all(files.map((found) => this.#layer(found)));
    return { image: name, path, links, layers: layers.flat(), unknown };
  }

  /** What one image of the chain did, and where the copied file comes from. */
  async #layer({ image, file }: FoundFile): Promise<readonly FileLayer[]> {
    const { node } = this.#sources.loaded.desired.images.get(image) ?? {};
    const place = node && placeOfFile(file, node);
    const layer: FileLayer = { image, file, ...(place && { at: `${place.file}:${place.line}` }) };
    const { origin, copied } = file;
    if (copied === undefined || origin.type !== "base" || origin.image === undefined) return [layer];
    const other = await chainFiles(this.#sources, origin.image);
    const source = mergedView(other).get(copied.path);
    return source === undefined ? [layer] : [layer, ...(await this.#layer(source))];
  }

  #notFound(
    { name, path, unknown }: { readonly name: string; readonly path: string; readonly unknown: readonly string[] },
    view: ReadonlyMap<string, FoundFile>,
  ): CommandError {
    const inside = [...view.keys()].filter((each) => each.startsWith(path === "/" ? "/" : `${path}/`));
    if (inside.length > 0) {
      return new CommandError(EXIT.usage, `${path} is a directory of ${inside.length} files`, `such as ${inside[0]}`);
    }
    if (unknown.length > 0) {
      const hint = `what made the files of ${unknown.join(", ")} was not written down: they were built before Slipway did that`;
      return new CommandError(EXIT.failed, `it is not known where ${path} of ${name} comes from`, hint);
    }
    const near =
      nearest(path, view.keys()) ?? [...view.keys()].find((each) => each.endsWith(`/${posix.basename(path)}`));
    return new CommandError(EXIT.usage, `${name} has no ${path}`, near && `did you mean ${near}?`);
  }
}

const isAbove = ({ kind, path }: AttributedFile, other: string) => kind === "deleted" && other.startsWith(`${path}/`);

/** The path with every link followed as the image itself would. */
function followLinks(path: string, view: ReadonlyMap<string, FoundFile>) {
  const links: { readonly path: string; readonly target: string; readonly image: ImageName }[] = [];
  const waiting = path.split("/").filter((part) => part !== "");
  let done = "/";
  while (waiting.length > 0) {
    const next = posix.join(done, waiting.shift() as string);
    const { image, file } = view.get(next) ?? {};
    // A path that is itself a link is explained as it is.
    if (file?.target === undefined || image === undefined || waiting.length === 0 || links.length >= MAX_LINKS) {
      done = next;
      continue;
    }
    links.push({ path: next, target: file.target, image });
    waiting.unshift(...file.target.split("/").filter((part) => part !== ""));
    if (file.target.startsWith("/")) done = "/";
  }
  return { real: done, links };
}
