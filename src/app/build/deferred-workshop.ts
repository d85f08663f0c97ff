import type { Context } from "../../context.js";
import type { FileStore } from "../../model/registry.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import type { Workshop } from "./workshop.js";

export interface DeferredWorkshop {
  /** The one workshop of a run, set up by the first call. Fails as openWorkshop does. */
  readonly open: () => Promise<Workshop>;
  /** Closes it where it was opened. A workshop that could not be opened leaves nothing to close, and has been reported. */
  readonly close: () => Promise<void>;
}

/** A workshop for a run that may have nothing to build: what building takes is loaded and set up with the first image. */
export function deferredWorkshop(
  context: Context,
  loaded: Pick<LoadedCatalogue, "tree" | "catalogue">,
  files?: Pick<FileStore, "fetchFile">,
): DeferredWorkshop {
  let workshop: Promise<Workshop> | undefined;
  return {
    open: () => (workshop ??= import("./workshop.js").then(({ openWorkshop }) => openWorkshop(context, loaded, files))),
    close: async () => (await workshop?.catch(() => undefined))?.close(),
  };
}
