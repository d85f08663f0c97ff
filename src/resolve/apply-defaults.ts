import type { Defaults } from "../model/catalogue.js";
import type { Body, ImageDefinition, NamedValue } from "../model/definition.js";

/**
 * The definition with the settings' defaults for all images. Environment and labels go to images without a parent only: the others
 * inherit them, and would otherwise override their parents. A value that one of the image's modules gives replaces the default.
 */
export function withDefaults(
  image: ImageDefinition,
  modules: readonly Body[],
  { metadata, env, labels }: Defaults,
): ImageDefinition {
  const isBase = image.origin.type !== "parent";
  if (metadata === undefined && !(isBase && env.length + labels.length > 0)) return image;
  const under = (defaults: readonly NamedValue[], key: "env" | "labels") => {
    const names = new Set([...modules, image].flatMap((body) => body[key].map(({ name }) => name)));
    return [...defaults.filter(({ name }) => !names.has(name)), ...image[key]];
  };
  return {
    ...image,
    ...(metadata === undefined ? {} : { metadata: { ...metadata, ...image.metadata } }),
    ...(isBase ? { env: under(env, "env"), labels: under(labels, "labels") } : {}),
  };
}
