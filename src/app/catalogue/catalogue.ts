import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { openGitTree } from "../../load/git/commit-tree.js";
import { TreeError, type TreeFile } from "../../load/git/tree.js";
import { openWorkingTree } from "../../load/git/working-tree.js";
import { readDocument } from "../../load/kinds/document.js";
import { DEFAULT_SETTINGS } from "../../load/kinds/settings.js";
import { MAX_YAML_BYTES } from "../../load/limits.js";
import type { LoadCache } from "../../load/load.js";
import type { Settings } from "../../model/catalogue.js";
import type { ImageName } from "../../model/names.js";
import { nearest } from "../../model/nearest.js";
import { builtInTemplates } from "../../render/templates.js";
import { diagnosticsText } from "../../report/diagnostics.js";
import { type LoadedCatalogue, loadDesired } from "./desired.js";

export { withAncestors } from "./ancestors.js";
export { desiredOf, LONG_AGO, type LoadedCatalogue, loadDesired } from "./desired.js";
export { checkClosure } from "./package-checks.js";

/** Loads the working tree, or a Git ref. Throws TreeError. */
export async function load({ catalogue, today }: Context, ref?: string, cache?: LoadCache): Promise<LoadedCatalogue> {
  const tree = await (ref === undefined ? openWorkingTree(catalogue) : openGitTree(catalogue, ref));
  return loadDesired(tree, builtInTemplates(), { today: today(), cache });
}

/** The settings of the working tree as far as they can be read; the usual ones where there is no catalogue. */
export async function loadSettings({ catalogue }: Context): Promise<Settings> {
  try {
    const tree = await openWorkingTree(catalogue);
    const path = ["slipway.yaml", "slipway.yml"].find((name) => isReadable(tree.files.get(name)));
    let settings: Settings | undefined;
    await tree.read(path === undefined ? [] : [path], (name, content) => {
      settings = readDocument("settings", name, content).result;
    });
    return settings ?? DEFAULT_SETTINGS;
  } catch (error) {
    if (error instanceof TreeError) return DEFAULT_SETTINGS;
    throw error;
  }
}

const isReadable = (file: TreeFile | undefined) =>
  file !== undefined && file.mode !== "120000" && file.size <= MAX_YAML_BYTES;

/** Loads a tree and requires it to be sound; warnings are shown. */
export async function loadChecked(context: Context, ref?: string, cache?: LoadCache): Promise<LoadedCatalogue> {
  return requireSound(context, await load(context, ref, cache), ref);
}

/** Loads the working tree for making the lockfile: every image is open. */
export async function loadUnlocked(context: Context): Promise<LoadedCatalogue> {
  const tree = await openWorkingTree(context.catalogue);
  return requireSound(context, await loadDesired(tree, builtInTemplates(), { today: context.today(), lock: "ignore" }));
}

function requireSound(context: Context, loaded: LoadedCatalogue, ref?: string): LoadedCatalogue {
  const { diagnostics } = loaded;
  if (diagnostics.length > 0) context.note(`${diagnosticsText(diagnostics, context.colors.note)}\n`);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors > 0) {
    const where = ref === undefined ? "the catalogue" : ref;
    throw new CommandError(EXIT.rejected, `${errors} ${errors === 1 ? "problem" : "problems"} in ${where}`);
  }
  if (loaded.catalogue.images.size === 0) {
    throw new CommandError(
      EXIT.usage,
      `no image definitions in ${context.catalogue}`,
      "they belong in images/; --catalogue names another directory",
    );
  }
  return loaded;
}

/** The image of this name. Fails with a usage error that names the nearest one. */
export function imageNamed({ desired }: LoadedCatalogue, name: string) {
  const image = desired.images.get(name as ImageName);
  if (image) return image;
  const near = nearest(name, desired.images.keys());
  throw new CommandError(
    EXIT.usage,
    `no image is named ${JSON.stringify(name)}`,
    near ? `did you mean ${near}?` : undefined,
  );
}
