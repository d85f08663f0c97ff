import type { Context } from "../../context.js";
import type { FileStore } from "../../model/registry.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import type { Workshop } from "./workshop.js";

export interface DeferredWorkshop {
  /** Gives the one workshop of a run, which the first call sets up. Fails as openWorkshop does. */
  readonly open: () => Promise<Workshop>;
  /** Closes the workshop if it was opened. One that could not be opened leaves nothing to close, and `open` has reported it. */
  readonly close: () => Promise<void>;
}

/** A workshop for a run that may have nothing to build: what building needs is loaded and set up with the first image. */
export function deferredWorkshop(
  context: Context,
  loaded: Pick<LoadedCatalogue, "tree" | "catalogue">,
  files?: Pick<FileStore, "fetchFile">,
): DeferredWorkshop {
  return openOnce(async () => (await import("./workshop.js")).openWorkshop(context, loaded, { files }));
}

/** Opens a workshop with the first call of `open`, and never twice. */
export function openOnce(openWorkshop: () => Promise<Workshop>): DeferredWorkshop {
  let workshop: Promise<Workshop> | undefined;
  return {
    open: () => (workshop ??= openWorkshop()),
    close: async () => (await workshop?.catch(() => undefined))?.close(),
  };
}
