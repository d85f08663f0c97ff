import type { ReadManifest } from "../../model/manifest.js";
import { readGemfile } from "./gemfile.js";
import { readGoMod } from "./go-mod.js";
import { readPackageJson } from "./package-json.js";
import { readPom } from "./pom.js";
import { readPsd1 } from "./psd1.js";
import { readRequirements } from "./requirements.js";

/** Readers of package manifests, by their names in language.yaml. To be imported when there is one: this loads an XML parser. */
export const MANIFEST_READERS: Readonly<Record<string, ReadManifest>> = {
  requirements: readRequirements,
  "package-json": readPackageJson,
  gemfile: readGemfile,
  "go-mod": readGoMod,
  pom: readPom,
  psd1: readPsd1,
};
