import * as addressForm from "./forms/addresses.js";
import * as nameForm from "./forms/names.js";
import * as packageForm from "./forms/packages.js";
import * as textForm from "./forms/texts.js";
import * as valueForm from "./forms/values.js";
import { PACKAGE_HOSTS } from "./image.js";
import { kind, listOf, mappingOf, text } from "./schema.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

export const WITHDRAWN = mappingOf(
  {
    since: text(valueForm.DAY, "The first day of the withdrawal: `YYYY-MM-DD`."),
    reason: text(textForm.REASON, "Why it must no longer be used."),
    replacement: text(textForm.REASON, "What to use instead."),
    dependents: {
      type: "string",
      enum: ["refuse", "deprecate"],
      default: "refuse",
      description:
        "`refuse`: images that use it are rejected; `deprecate`: they are deprecated, and `slipway gate` rejects further ones.",
    },
  },
  "It was approved once and no longer is.",
  { required: ["reason"] },
);

const PACKAGES = listOf(
  mappingOf(
    {
      name: text(packageForm.PACKAGE_NAME, "Name of the package."),
      versions: listOf(
        text(packageForm.VERSION_PATTERN, "A version, with `*` for any characters."),
        "Approved versions. Left out: any version.",
      ),
      license: text(packageForm.LICENSE, "SPDX licence expression."),
      "license-evidence": text(textForm.LINE, "Where the licence can be read: an address, or a file of the package."),
      withdrawn: WITHDRAWN,
    },
    "An approved package.",
    { required: ["name"] },
  ),
  "The packages that images may install.",
);

/** `catalog/system/<os>.yaml`. */
export const SYSTEM_PACKAGES_SCHEMA = mappingOf(
  {
    kind: kind("SystemPackages"),
    os: text(nameForm.SCOPE, "The operating system the packages are for."),
    manager: {
      type: "string",
      enum: ["apt", "dnf", "tdnf", "apk"],
      description: "The package manager of an operating system that Slipway does not know.",
    },
    packages: PACKAGES,
  },
  "Approved packages of an operating system.",
  { $schema: DIALECT, title: "SystemPackages", required: ["os", "packages"] },
);

/** `catalog/runtime/<language>.yaml`. */
export const RUNTIME_PACKAGES_SCHEMA = mappingOf(
  {
    kind: kind("RuntimePackages"),
    language: text(nameForm.SCOPE, "The programming language the packages are for."),
    packages: PACKAGES,
  },
  "Approved packages of a programming language.",
  { $schema: DIALECT, title: "RuntimePackages", required: ["language", "packages"] },
);

/** `catalog/bases.yaml`. */
export const BASES_SCHEMA = mappingOf(
  {
    kind: kind("Bases"),
    bases: listOf(
      mappingOf(
        {
          ref: text(addressForm.EXTERNAL_REFERENCE, "The image, with the name of its registry."),
          digest: text(valueForm.DIGEST, "Digest of the manifest: `sha256:` and 64 hexadecimal digits."),
          os: text(nameForm.SCOPE, "The image's operating system."),
          pinned: text(valueForm.DAY, "The day on which the digest was written down; `slipway update` keeps it."),
          "package-hosts": {
            ...PACKAGE_HOSTS,
            description:
              "Where packages of the images on it come from, as far as those images have the network `packages`.",
          },
          withdrawn: WITHDRAWN,
        },
        "An image that may be built on.",
        { required: ["ref", "digest"] },
      ),
      "The images that may be built on.",
    ),
  },
  "External images that may be built on.",
  { $schema: DIALECT, title: "Bases", required: ["bases"] },
);
