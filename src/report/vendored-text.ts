import { plural, size, table } from "./text.js";

interface VendoredFile {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly size: number;
  readonly images: readonly string[];
}

/** The outcome of `slipway vendor`. */
export function vendoredText(vendored: {
  readonly registry: string;
  readonly stored: readonly VendoredFile[];
  readonly present: readonly VendoredFile[];
  readonly missing: readonly VendoredFile[];
}): string {
  const { registry, stored, present, missing } = vendored;
  const bytes = stored.reduce((sum, file) => sum + file.size, 0);
  const sent = stored.length > 0 ? ` (${size(bytes)})` : "";
  const lines = [`${plural(stored.length, "package")} stored in ${registry}${sent}, ${present.length} already there`];
  if (missing.length > 0) {
    lines.push(
      `${plural(missing.length, "package")} neither there nor on this machine:`,
      table(missing.map(({ name, version, file, images }) => [name, version, file, `for ${images.join(", ")}`])),
    );
  }
  return `${lines.join("\n")}\n`;
}
