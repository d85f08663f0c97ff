import type { Desired } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";

/** These images and all that they are built from. */
export function withAncestors(names: readonly ImageName[], { images }: Desired): Set<ImageName> {
  const selected = new Set<ImageName>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (selected.has(name)) continue;
    selected.add(name);
    waiting.push(...(images.get(name)?.node.parents ?? []));
  }
  return selected;
}
