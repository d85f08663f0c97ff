import type { AttributedFile, FileOrigin } from "../model/attribution.js";
import { printable } from "./printable.js";

/** Where a file of an image comes from. */
export interface FileExplanation {
  readonly image: string;
  /** As asked for. */
  readonly path: string;
  /** Directories on the way that are links. */
  readonly links: readonly { readonly path: string; readonly target: string; readonly image: string }[];
  /** What each image did to it, the last one first. */
  readonly layers: readonly FileLayer[];
  /** Images that it starts from and whose files nobody has written down. */
  readonly unknown: readonly string[];
}

export interface FileLayer {
  readonly image: string;
  readonly file: AttributedFile;
  /** `FILE:LINE` of the definition. */
  readonly at?: string;
}

export const whyFileJson = ({ image, path, links, layers, unknown }: FileExplanation) => ({
  image,
  path,
  links,
  layers: layers.map(({ image: of, file, at }) => ({ image: of, at: at ?? null, ...file })),
  unknown,
});

export function whyFileText({ image, path, links, layers, unknown }: FileExplanation): string {
  const lines = [
    `${printable(path)} in ${image}`,
    ...links.map((link) => `  ${printable(link.path)} is a link to ${printable(link.target)}, of ${link.image}`),
    ...layers.flatMap(layerLines),
    ...(unknown.length > 0 ? [`  nobody has written down what made the files of ${unknown.join(", ")}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function layerLines({ image, file, at }: FileLayer): readonly string[] {
  const { path, kind, sha256, target, mode, copied, code = [] } = file;
  const verb = kind === "deleted" ? "deleted" : "brought";
  const mended = file.modeChanged ? ", and `setup` changed its mode or owner" : "";
  const through = copied ? `, copied from ${copied.from} ${printable(copied.path)}` : "";
  return [
    `  ${verb} by ${image}: ${originText(file.origin)}${through}${mended}${at === undefined ? "" : ` (${at})`}`,
    ...(sha256 === undefined ? [] : [`    sha256 ${sha256}, ${file.size} bytes, mode ${mode}`]),
    ...(target === undefined ? [] : [`    ${printable(path)} is a link to ${printable(target)}`]),
    ...(code.length > 0 ? [`    it counts as ${code.join(", ")}`] : []),
  ];
}

function originText(origin: FileOrigin): string {
  switch (origin.type) {
    case "package":
      return `the package ${origin.name} ${origin.version} (${origin.manager})`;
    case "package-script":
      return "written while packages were installed";
    case "artifact":
      return `the artifact ${printable(origin.from)}`;
    case "setup":
      return origin.stage === undefined ? "its `setup`" : `the \`setup\` of its stage ${origin.stage}`;
    case "base":
      return origin.image === undefined ? "as in what it starts from" : `as in ${origin.image}`;
  }
}
