import type { ManifestFormat } from "../model/language.js";
import type { PackageManager } from "./package-manager.js";

export type FoundFormat =
  | { readonly ok: true; readonly format: ManifestFormat }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** The format of a package manifest, with its reader and lock file, which follows from the file's name alone. */
export function manifestFormat(manager: PackageManager, fileName: string): FoundFormat {
  const { manifests = [] } = manager;
  const format = manifests.find(({ file }) => file === fileName);
  if (format !== undefined) return { ok: true, format };
  const message = `${manager.name} has no manifest of the name ${JSON.stringify(fileName)}`;
  const known = manifests.map(({ file }) => `\`${file}\``).join(", ");
  return {
    ok: false,
    message,
    hint: known === "" ? "it reads no manifests: use `runtime-packages`" : `it reads ${known}`,
  };
}
