import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
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

/** All packages of the catalogue's images. Throws CommandError where nothing is known of any of them. */
export async function packageOverview(context: Context, options: TableOptions): Promise<Overview> {
  const loaded = await loadChecked(context);
  const contents = [...(await contentsOf(context, loaded, options)).values()];
  const unknown = contents.filter(({ from }) => from === "unknown").map(({ image }) => image);
  if (unknown.length > 0 && unknown.length === contents.length)
    throw new CommandError(
      EXIT.failed,
      "the contents of no image are known: none is built or in slipway.lock",
      "`slipway build` builds them, `slipway lock` says what they would have",
    );
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
