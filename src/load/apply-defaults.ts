import type { Defaults } from "../model/catalogue.js";
import type { ImageDefinition, NamedValue } from "../model/definition.js";

/**
 * The definition with what the settings say for all images. Environment and labels go to images without a parent: the rest
 * inherits them, and would otherwise take back what a parent says.
 */
export function withDefaults(image: ImageDefinition, { metadata, env, labels }: Defaults): ImageDefinition {
  const isBase = image.origin.type !== "parent";
  if (metadata === undefined && !(isBase && env.length + labels.length > 0)) return image;
  return {
    ...image,
    ...(metadata === undefined ? {} : { metadata: { ...metadata, ...image.metadata } }),
    ...(isBase ? { env: under(env, image.env), labels: under(labels, image.labels) } : {}),
  };
}

/** What the image says itself comes last, and so wins. */
function under(defaults: readonly NamedValue[], own: readonly NamedValue[]): readonly NamedValue[] {
  const said = new Set(own.map(({ name }) => name));
  return [...defaults.filter(({ name }) => !said.has(name)), ...own];
}
