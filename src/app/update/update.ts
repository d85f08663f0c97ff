import { join } from "node:path";
import type { Context } from "../../context.js";
import { rewriteFile } from "../../load/format/rewrite-file.js";
import type { GroupResult } from "../../model/update.js";
import { loadChecked } from "../catalogue/catalogue.js";
import { type FindOptions, findUpdates } from "./available.js";
import { editFiles } from "./edits.js";
import { resultOf, settledResult } from "./result.js";

export interface UpdateOptions extends FindOptions {
  readonly dryRun?: boolean;
  readonly publish?: boolean;
}

/** Finds what is newer and writes it to the working tree, to pull requests, or nowhere. Returns one result per group. */
export async function updateCatalogue(context: Context, options: UpdateOptions): Promise<readonly GroupResult[]> {
  if (options.publish) {
    // Octokit and simple-git take most of this import's time.
    const { publishUpdates } = await import("./pulls.js");
    return publishUpdates(context, options);
  }
  const loaded = await loadChecked(context);
  const { groups } = await findUpdates(context, loaded, options);
  const edited = new Map<string, string>();
  const results: GroupResult[] = [];
  for (const group of groups) {
    const settled = settledResult(group);
    const edit = settled ? undefined : await editFiles(loaded.tree, group, edited);
    if (settled) results.push(settled);
    else if (edit?.ok) {
      for (const [path, text] of edit.files) edited.set(path, text);
      results.push({ ...resultOf(group), action: options.dryRun ? "found" : "edited" });
    } else results.push({ ...resultOf(group), action: "refused", detail: edit?.problem ?? "" });
  }
  if (options.dryRun || edited.size === 0) return results;
  for (const [path, text] of edited) await rewriteFile(join(context.catalogue, path), text);
  if (loaded.catalogue.lock) context.note("slipway.lock is out of date now: run `slipway lock`\n");
  return results;
}
