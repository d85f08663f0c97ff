import { CommandError, EXIT } from "../../exit.js";
import { LOCK_FILE } from "../../load/find-documents.js";
import { readLock } from "../../load/kinds/lock.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Lock, LockedImage } from "../../model/lock.js";
import type { ImageName } from "../../model/names.js";
import { nearest } from "../../model/nearest.js";
import { selectForLock } from "../../resolve/lock-selection.js";
import { imageNamed, type LoadedCatalogue } from "../catalogue/catalogue.js";
import { type LockUpdate, openReason } from "./kept-packages.js";

export interface LockOptions {
  /** true: every package may move. */
  readonly update?: true | readonly string[];
  readonly all?: boolean;
  readonly remove?: readonly string[];
}

/** What is to be done to the lockfile. It is known before any package manager or registry is asked. */
export interface LockPlan {
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
  /** The current lockfile; if it is in a merge conflict, our side of it. */
  readonly lock: Lock | undefined;
  /** The file's text; empty: there is none. */
  readonly text: string;
  /** Images whose entries are to be brought up to date. */
  readonly wanted: ReadonlySet<ImageName>;
  /** Images that cannot be in the lockfile, with the reason. */
  readonly open: ReadonlyMap<ImageName, string>;
  /** Entries to remove: on request, or because their images cannot be in the lockfile or no longer exist. */
  readonly removed: ReadonlySet<ImageName>;
  readonly update: LockUpdate | undefined;
}

/** Plans the lockfile from the catalogue, the options and the images that are named. Throws CommandError for unknown names. */
export async function planLock(
  loaded: LoadedCatalogue,
  options: LockOptions,
  names: readonly string[],
): Promise<LockPlan> {
  const { images } = loaded.desired;
  const { text, lock } = await currentLock(loaded);
  // A file that cannot be parsed still says which images are in it.
  const locked = text === "" ? undefined : new Set([...(lock?.names ?? []), ...(lock?.wanted ?? []), ...namesIn(text)]);
  const removed = new Set((options.remove ?? []).map((name) => removable(name, loaded, locked)));
  const chosen = names.map((name) => imageNamed(loaded, name).node.name);
  const isLockable = (image: DesiredImage) => openReason(image) === undefined;
  const wanted = selectForLock(images, { locked, names: chosen, all: options.all ?? false, removed }, isLockable);
  const open = new Map<ImageName, string>();
  for (const [name, image] of images) {
    const reason = openReason(image);
    if (reason !== undefined && (chosen.length === 0 || chosen.includes(name))) open.set(name, reason);
  }
  for (const name of locked ?? []) {
    const image = images.get(name);
    if (image === undefined || !isLockable(image)) removed.add(name);
  }
  return { images, lock, text, wanted, open, removed, update: updateOf(options, lock) };
}

/** The current entry of an image, unless it is to be removed. */
export function currentEntry({ lock, removed }: LockPlan, name: ImageName): LockedImage | undefined {
  return removed.has(name) ? undefined : lock?.find(name);
}

async function currentLock({ tree, catalogue }: LoadedCatalogue): Promise<Pick<LockPlan, "text" | "lock">> {
  if (!tree.files.has(LOCK_FILE)) return { text: "", lock: undefined };
  let text = "";
  await tree.read([LOCK_FILE], (_, content) => {
    text = content.toString("latin1");
  });
  const ours = ourSide(text);
  if (ours === text) return { text, lock: catalogue.lock };
  return { text, lock: readLock(LOCK_FILE, Buffer.from(ours, "latin1")).result };
}

/** A text with merge conflicts (git-merge(1), "How conflicts are presented") as it was before the merge. */
export function ourSide(text: string): string {
  let isOurs = true;
  return text.replace(/.*\n/g, (line) => {
    const mark = /^(<{7}|\|{7}|={7}|>{7})(?: |$)/m.exec(line)?.[1]?.[0];
    if (mark !== undefined) isOurs = mark === "<" || mark === ">";
    return mark === undefined && isOurs ? line : "";
  });
}

/** All image names in the text, including those on the other side of a conflict and those whose entries cannot be read. */
const namesIn = (text: string) =>
  [...text.matchAll(/^ {2}([a-z0-9][a-z0-9._-]*):$/gm)].map(([, name]) => name as ImageName);

function removable(name: string, loaded: LoadedCatalogue, locked: ReadonlySet<ImageName> | undefined): ImageName {
  if (locked?.has(name as ImageName)) return name as ImageName;
  imageNamed(loaded, name);
  throw new CommandError(EXIT.usage, `${name} is not in ${LOCK_FILE}`);
}

function updateOf({ update }: LockOptions, lock: Lock | undefined): LockUpdate | undefined {
  if (update === undefined || update === true || update.length === 0) return update === undefined ? undefined : true;
  const packageNames = new Set(
    (lock?.names ?? []).flatMap((name) => lock?.find(name)?.packages ?? []).map(({ name }) => name),
  );
  const unknown = update.find((name) => !packageNames.has(name));
  if (unknown === undefined) return new Set(update);
  const near = nearest(unknown, packageNames);
  const hint = near === undefined ? undefined : `did you mean ${near}?`;
  throw new CommandError(EXIT.usage, `no package in ${LOCK_FILE} is named ${JSON.stringify(unknown)}`, hint);
}
