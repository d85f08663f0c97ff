import type { MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/** apk of Alpine and Wolfi (apk-world(5) for constraints, apk-package(5) for names and versions). */
export const apk: PackageManager = {
  name: "apk",
  kind: "system",
  scopes: ["alpine", "wolfi"],
  namePattern: /^[A-Za-z0-9][A-Za-z0-9+._-]*$/,
  // Digits and dots, one letter, `_rc1` or `_p1`, `~` and a commit, `-r` and the revision.
  versionPattern: /^[0-9*][0-9A-Za-z.*]*(?:_[0-9a-z_*]*)?(?:~[0-9a-f]+)?(?:-(?:r[0-9*]*|\*))?$/,
  normalise: (name) => name,
  normaliseVersion,
  argument,
  machine,
};

/** A version without `-r` and a revision means every revision of it. */
function normaliseVersion(version: string): string {
  return version.includes("-") ? version : `${version}-r*`;
}

/**
 * apk has no patterns, only `~`: every version that continues after these parts. It includes everything that `1.2.*` and `1.2.3-r*`
 * mean; the check of the installed packages knows the difference. `1.2*` also means 1.20, which `~` cannot express.
 */
function argument(name: string, version: string | undefined): string {
  if (version === undefined) return name;
  const form = normaliseVersion(version);
  if (!form.includes("*")) return `${name}=${form}`;
  const start = form.replace(/(?:\.\*)?(?:-r?\*)?$/, "");
  return start === "" || start.includes("*") ? name : `${name}~${start}`;
}

function machine({ mount, cache, caBundle, config }: MachineNeeds): MachineFiles {
  const repositories = config["apk-repositories"];
  return {
    env: {
      SLIPWAY_APK: `${cache}/apk`,
      ...(caBundle === undefined ? {} : { SSL_CA_CERT_FILE: caBundle }),
      ...(repositories === undefined ? {} : { SLIPWAY_APK_REPOSITORIES: `${mount}/apk-repositories` }),
    },
    directories: ["apk/cache"],
    files: [
      { path: "bin/apk", text: WRAPPER, mode: 0o755 },
      ...(repositories === undefined ? [] : [{ path: "apk-repositories", text: repositories, mode: 0o600 }]),
    ],
  };
}

const WRAPPER = PROGRAM_TEXTS["apk-wrapper.sh"];
