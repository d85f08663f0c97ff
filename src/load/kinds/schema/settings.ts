import { NAMED_LABELS, NAMED_VARIABLES } from "./body.js";
import * as addressForm from "./forms/addresses.js";
import * as nameForm from "./forms/names.js";
import * as valueForm from "./forms/values.js";
import { METADATA, TAGS } from "./image.js";
import { kind, listOf, mappingOf, text } from "./schema.js";

/** `slipway.yaml`. */
export const SETTINGS_SCHEMA = mappingOf(
  {
    kind: kind("Settings"),
    registry: text(
      addressForm.REGISTRY,
      "Where images are published: `oci:DIRECTORY` or `docker://HOST[:PORT][/PREFIX]`.",
      {
        default: "oci:.slipway/registry",
      },
    ),
    platforms: listOf(
      text(valueForm.PLATFORM, "`os/architecture`."),
      "The platform the images are built for; exactly one for now.",
      {
        minItems: 1,
        maxItems: 1,
      },
    ),
    defaults: mappingOf(
      {
        metadata: { ...METADATA, description: "Metadata of images that do not set their own." },
        env: {
          ...NAMED_VARIABLES,
          description: "Variables of images without a parent in the catalogue; the rest inherits them.",
        },
        labels: {
          ...NAMED_LABELS,
          description: "Labels of images without a parent in the catalogue; the rest inherits them.",
        },
        tags: TAGS,
      },
      "Defaults for images that do not set their own.",
    ),
    downloads: mappingOf(
      {
        "private-hosts": listOf(
          text(addressForm.HOST, "The name or address of a host, as it stands in addresses."),
          "Hosts that may have private addresses, also those of packages; nothing else may come from inside the network.",
        ),
        mirrors: {
          type: "object",
          propertyNames: { type: "string", ...addressForm.URL_PREFIX },
          additionalProperties: text(addressForm.URL_PREFIX, "The replacement for that beginning on the mirror."),
          description: "Addresses that begin with the key are tried there first.",
        },
      },
      "About artifacts with `url`.",
    ),
    lock: mappingOf(
      {
        network: {
          enum: ["none", "host"],
          default: "none",
          description:
            "The network that `setup` of images has that have no `network` of their own. `host`: the machine's. Packages come from the closure alone either way.",
        },
      },
      "About slipway.lock and all other closures.",
    ),
    builder: mappingOf(
      {
        revision: {
          type: "integer",
          minimum: 1,
          maximum: 1_000_000_000,
          default: 1,
          description: "Raised to rebuild everything after a change of the builder that build keys cannot see.",
        },
        timeout: {
          type: "integer",
          minimum: 1,
          maximum: 1440,
          default: 60,
          description: "Minutes that Buildah may take for one image. Changing it rebuilds nothing.",
        },
        isolation: {
          enum: ["oci", "chroot"],
          default: "oci",
          description:
            "What keeps the commands of images apart from the machine: an OCI runtime, or with `chroot` a changed root directory alone. `chroot` is for a machine without a runtime and for images that are trusted like the machine itself.",
        },
      },
      "About the machine that builds.",
    ),
    updates: mappingOf(
      {
        limit: {
          type: "integer",
          minimum: 0,
          maximum: 100,
          default: 5,
          description: "How many pull requests of `slipway update` may be open at a time.",
        },
        groups: {
          type: "object",
          propertyNames: { type: "string", ...nameForm.GROUP_NAME },
          additionalProperties: listOf(
            text(nameForm.NAME_PATTERN, "A package's name or a base's reference, with `*` for any characters."),
            "What is updated in one pull request.",
          ),
          description:
            "One pull request each; the first group that matches counts. Everything else is grouped by operating system, language and `bases`.",
        },
      },
      "About `slipway update`.",
    ),
  },
  "Settings of the catalogue.",
  { $schema: "https://json-schema.org/draft/2020-12/schema", title: "Settings" },
);
