import type { Context } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import { openGitTree } from "../../load/git/commit-tree.js";
import { type FileTree, TreeError, type TreeFile } from "../../load/git/tree.js";
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
  const tree = await (ref === undefined ? openCatalogue(catalogue) : openGitTree(catalogue, ref));
  if (tree.files.size === 0) throw noCatalogue(catalogue, ref);
  return loadDesired(tree, builtInTemplates(), { today: today(), cache });
}

/** Opens the working tree of a catalogue. Throws TreeError, and CommandError where there is no catalogue. */
export async function openCatalogue(directory: string): Promise<FileTree> {
  const tree = await openWorkingTree(directory);
  if (tree.files.size === 0) throw noCatalogue(directory);
  return tree;
}

function noCatalogue(directory: string, ref?: string): CommandError {
  return new CommandError(
    EXIT.usage,
    `there is no catalogue in ${directory}${ref === undefined ? "" : ` at ${ref}`}: neither slipway.yaml nor images/, catalog/ or policies/`,
    "name its directory with --catalogue DIR, or start one: slipway init",
  );
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
  const tree = await openCatalogue(context.catalogue);
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
  requireImages(context, loaded);
  return loaded;
}

/** Throws CommandError where there are no images: that there is nothing wrong with none of them is no answer. */
export function requireImages(context: Context, { catalogue }: LoadedCatalogue): void {
  if (catalogue.images.size > 0) return;
  throw new CommandError(
    EXIT.usage,
    `no image definitions in ${context.catalogue}`,
    "they belong in images/; --catalogue names another directory",
  );
}

/** The image of this name. Fails with a usage error that names the nearest one. */
export function imageNamed({ desired }: LoadedCatalogue, name: string) {
  const image = desired.images.get(name as ImageName);
  if (image) return image;
  throw unknownImage(name, desired.images.keys());
}

/** A usage error that names the nearest of some names. */
export function unknownImage(name: string, names: Iterable<string>): CommandError {
  const near = nearest(name, names);
  return new CommandError(
    EXIT.usage,
    `no image is named ${JSON.stringify(name)}`,
    near ? `did you mean ${near}?` : undefined,
  );
}
