import type { Catalogue } from "../model/catalogue.js";
import type { Body, ImageDefinition, Origin } from "../model/definition.js";
import { type Diagnostic, errorAt, type Place } from "../model/diagnostic.js";
import type { ImageName } from "../model/names.js";
import { nearest } from "../model/nearest.js";
import { withDefaults } from "./apply-defaults.js";
import { resolveModules } from "./modules.js";

/** An image definition with its modules and the settings' defaults, and the images of the catalogue that it is built from. */
export interface Dependent {
  readonly definition: ImageDefinition;
  /** The bodies of each build stage and, last, of the image: those of its modules and its own. */
  readonly bodies: readonly (readonly [...Body[], Body])[];
  /** The parent first, each once. */
  readonly needs: readonly Need[];
}

export interface Need {
  readonly image: ImageName;
  /** Where the image is named. */
  readonly at: () => Place;
}

const NO_NEEDS: readonly Need[] = Object.freeze([]);

/** undefined: something that the image needs is missing. Images that are missing because of their own errors are not reported. */
export function dependentOn(
  image: ImageDefinition,
  catalogue: Catalogue,
  diagnostics: Diagnostic[],
): Dependent | undefined {
  const resolve = (body: Body) => resolveModules(body, image.name, catalogue.modules);
  const stages = image.stages.map(resolve);
  const own = resolve(image);
  const problems = [...stages, own].flatMap((each) => each.diagnostics);
  diagnostics.push(...problems);
  const modules = own.bodies.slice(0, -1);
  const definition = withDefaults(image, modules, catalogue.settings.defaults);
  const bodies: Dependent["bodies"] = [...stages.map((each) => each.bodies), [...modules, definition]];
  const needs = needsOf(definition, bodies);
  const missing = needs.filter(({ image }) => !catalogue.images.has(image));
  for (const need of missing) {
    if (!catalogue.rejected?.has(need.image)) diagnostics.push(unknownImage(need, definition, catalogue));
  }
  return problems.length + missing.length === 0 ? { definition, bodies, needs } : undefined;
}

function needsOf(definition: ImageDefinition, bodies: Dependent["bodies"]): readonly Need[] {
  const { origin, source, stages } = definition;
  const needs = new Map<ImageName, Need>();
  const add = (image: ImageName, at: () => Place) => {
    if (!needs.has(image)) needs.set(image, { image, at });
  };
  if (origin.type === "parent") add(origin.parent, () => source.at("/parent"));
  const before = new Set<string>();
  bodies.forEach((parts, index) => {
    const stage = stages[index];
    const parent = stage === undefined ? undefined : parentName(stage.origin);
    if (stage !== undefined && parent !== undefined && !before.has(parent))
      add(parent as ImageName, () => source.at(`${stage.pointer}/parent`));
    for (const body of parts) {
      for (const artifact of body.artifacts) {
        if (artifact.type !== "image" || before.has(artifact.image)) continue;
        add(artifact.image as ImageName, () => body.source.at(`${artifact.pointer}/image`));
      }
    }
    if (stage !== undefined) before.add(stage.name);
  });
  return needs.size === 0 ? NO_NEEDS : [...needs.values()];
}

const parentName = (origin: Origin): string | undefined => (origin.type === "parent" ? origin.parent : undefined);

function unknownImage({ image, at }: Need, { origin, stages }: ImageDefinition, { images }: Catalogue): Diagnostic {
  const isParent = origin.type === "parent" && origin.parent === image;
  // The image itself comes after all of its stages, but derives from none of them.
  const later = !isParent && stages.some(({ name }) => name === image);
  const names = isParent ? images.keys() : [...stages.map(({ name }) => name), ...images.keys()];
  const near = nearest(image, names);
  const message = later
    ? `the stage ${JSON.stringify(image)} does not come earlier`
    : `no ${isParent ? "" : "earlier stage or "}image is named ${JSON.stringify(image)}`;
  const rule = isParent
    ? "an image's parent is another image of images/"
    : "it is an earlier stage of this definition, or an image of images/";
  const hint = near === undefined || later ? rule : `did you mean \`${near}\`?`;
  return errorAt(at(), isParent ? "unknown-parent" : "unknown-image", message, hint);
}
