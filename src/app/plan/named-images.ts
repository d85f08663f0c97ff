import type { Catalogue } from "../../model/catalogue.js";
import type { Body, Origin } from "../../model/definition.js";
import type { ImageName } from "../../model/names.js";

/** The names, of images or of stages, that definitions and their modules give as what they are built from or replaced by. */
export function namedImages({ images, modules }: Catalogue): readonly ImageName[] {
  const names = new Set<string>();
  const used = new Set<string>();
  const look = (body: Body) => {
    for (const artifact of body.artifacts) if (artifact.type === "image") names.add(artifact.image);
    for (const { name } of body.modules) {
      if (used.has(name)) continue;
      used.add(name);
      for (const module of modules.get(name) ?? []) look(module);
    }
  };
  const start = (origin: Origin) => origin.type === "parent" && names.add(origin.parent);
  for (const image of images.values()) {
    for (const body of [...image.stages, image]) {
      look(body);
      start(body.origin);
    }
    const { replacement } = image.metadata.deprecated ?? {};
    if (replacement !== undefined) names.add(replacement);
  }
  return [...names].filter((name): name is ImageName => !images.has(name as ImageName));
}
