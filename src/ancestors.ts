import type { Desired } from "./model/desired.js";
import type { ImageName } from "./model/names.js";

/** These images and all that they are built from. */
export function withAncestors(names: readonly ImageName[], { images }: Desired): Set<ImageName> {
  const selected = new Set<ImageName>();
  const todo = [...names];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (selected.has(name)) continue;
    selected.add(name);
    todo.push(...(images.get(name)?.node.parents ?? []));
  }
  return selected;
}
