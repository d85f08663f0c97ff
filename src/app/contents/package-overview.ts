import type { Context } from "../../context.js";
import type { ImageName } from "../../model/names.js";
import { loadSpdx } from "../../policy/spdx.js";
import { spdxText } from "../../policy/spdx-text.js";
import { type PackageUse, packageUses } from "../../resolve/package-tables.js";
import { type LoadedCatalogue, loadChecked } from "../catalogue/catalogue.js";
import type { ContentsOptions } from "./contents-reader.js";
import { contentsOf } from "./image-contents.js";

export interface TableOptions extends ContentsOptions {
  readonly csv?: boolean;
}

export interface Overview {
  readonly loaded: LoadedCatalogue;
  readonly uses: readonly PackageUse[];
  /** Images whose contents are unknown. */
  readonly unknown: readonly ImageName[];
}

/** All packages of the catalogue's images. */
export async function packageOverview(context: Context, options: TableOptions): Promise<Overview> {
  const loaded = await loadChecked(context);
  const contents = [...(await contentsOf(context, loaded, options)).values()];
  const unknown = contents.filter(({ from }) => from === "unknown").map(({ image }) => image);
  // CSV has no room for it, and an incomplete table must not look complete.
  if (options.csv && unknown.length > 0)
    context.note(`slipway: contents unknown, neither built nor in slipway.lock: ${unknown.join(", ")}\n`);
  // One licence under two names would count as two.
  await loadSpdx();
  const uses = packageUses(contents, loaded.catalogue).map((use) => ({
    ...use,
    license: (use.license && spdxText(use.license)) || use.license,
  }));
  return { loaded, uses, unknown };
}
