import type { Graph } from "../model/graph.js";
import type { ImageContents } from "../model/inventory.js";
import { rootImage } from "./package-origin.js";
import { startingPoint } from "./starting-point.js";

/** What os-release(5) of these suites says. A suite's name stays with its release for ever. */
const SUITES: Readonly<Record<string, string>> = {
  ...{ buster: "10", bullseye: "11", bookworm: "12", trixie: "13", forky: "14", duke: "15" },
  ...{ bionic: "18.04", focal: "20.04", jammy: "22.04", noble: "24.04" },
};

/** The release of an image's system where nobody has looked into it: what its definition bootstraps. */
export function releaseOf({ image, os }: ImageContents, graph: Graph): ImageContents["os"] {
  if (os !== undefined) return os;
  const root = graph.nodes.get(rootImage(image, graph));
  if (root?.os === undefined) return undefined;
  const { base } = startingPoint(root);
  if (base.type !== "bootstrap") return undefined;
  const version = base.bootstrap.manager === "apt" ? SUITES[base.bootstrap.suite] : base.bootstrap.releasever;
  return version === undefined ? undefined : { id: root.os, version };
}
