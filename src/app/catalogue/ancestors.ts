import type { Desired } from "../../model/desired.js";
import type { ImageName } from "../../model/names.js";

/** These images and everything that they are built from. */
export function withAncestors(names: readonly ImageName[], { images }: Desired): Set<ImageName> {
  const selected = new Set<ImageName>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (selected.has(name)) continue;
    selected.add(name);
    queue.push(...(images.get(name)?.node.parents ?? []));
  }
  return selected;
}
