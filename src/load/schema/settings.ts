import * as form from "./forms.js";
import { kind, listOf, mappingOf, text } from "./schema.js";

/** `slipway.yaml`. */
export const SETTINGS_SCHEMA = mappingOf(
  {
    kind: kind("Settings"),
    registry: text(form.REGISTRY, "Where images are published: `oci:DIRECTORY` or `docker://HOST[:PORT][/PREFIX]`.", {
      default: "oci:.slipway/registry",
    }),
    platforms: listOf(
      text(form.PLATFORM, "`os/architecture`."),
      "The platform the images are built for; exactly one for now.",
      {
        minItems: 1,
        maxItems: 1,
      },
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
      },
      "About the machine that builds.",
    ),
  },
  "Settings of the catalogue.",
  { $schema: "https://json-schema.org/draft/2020-12/schema", title: "Settings" },
);
