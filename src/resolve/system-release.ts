import type { Graph } from "../model/graph.js";
import type { ImageContents } from "../model/inventory.js";
import { rootImage } from "./package-origin.js";
import { startingPoint } from "./starting-point.js";

/** The releases of these suites, as in os-release(5). A suite's name belongs to its release for ever. */
const SUITES: Readonly<Record<string, string>> = {
  ...{ buster: "10", bullseye: "11", bookworm: "12", trixie: "13", forky: "14", duke: "15" },
  ...{ bionic: "18.04", focal: "20.04", jammy: "22.04", noble: "24.04" },
};

/** The release of an image's system; for an image without an inventory, the one that its definition bootstraps. */
export function releaseOf({ image, os }: ImageContents, graph: Graph): ImageContents["os"] {
  if (os !== undefined) return os;
  const root = graph.nodes.get(rootImage(image, graph));
  if (root?.os === undefined) return undefined;
  const { base } = startingPoint(root);
  if (base.type !== "bootstrap") return undefined;
  const version = base.bootstrap.manager === "apt" ? SUITES[base.bootstrap.suite] : base.bootstrap.releasever;
  return version === undefined ? undefined : { id: root.os, version };
}
