import * as nameForm from "./forms/names.js";
import { kind, listOf, mappingOf, text } from "./schema.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** `policies/operating-systems.yaml`. */
export const OPERATING_SYSTEMS_SCHEMA = mappingOf(
  {
    kind: kind("OperatingSystems"),
    allowed: listOf(text(nameForm.SCOPE, "An operating system, for instance `photon`."), "The operating systems.", {
      minItems: 1,
    }),
    level: {
      type: "string",
      enum: ["enforce", "warn"],
      default: "enforce",
      description: "`enforce`: any other is rejected; `warn`: any other is a warning.",
    },
  },
  "Operating systems that every image must derive from.",
  { $schema: DIALECT, title: "OperatingSystems", required: ["allowed"] },
);
