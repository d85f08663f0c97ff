import { WAIVABLE_RULES } from "../../../model/diagnostic-codes.js";
import * as nameForm from "./forms/names.js";
import * as packageForm from "./forms/packages.js";
import * as personForm from "./forms/people.js";
import * as textForm from "./forms/texts.js";
import * as valueForm from "./forms/values.js";
import { kind, listOf, mappingOf, text } from "./schema.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** `policies/exceptions.yaml`. */
export const EXCEPTIONS_SCHEMA = mappingOf(
  {
    kind: kind("Exceptions"),
    exceptions: listOf(
      mappingOf(
        {
          rule: { type: "string", enum: WAIVABLE_RULES, description: "The waived rule." },
          image: text(nameForm.IMAGE_NAME, "The image it is waived for."),
          package: text(packageForm.PACKAGE_NAME, "The package it is waived for. Left out: any."),
          advisory: text(
            packageForm.ADVISORY_ID,
            "Only for `vulnerability`: the accepted vulnerability, by any of its names.",
          ),
          owner: text(personForm.MENTION, "Who answers for it: `@login` or `@organisation/team`."),
          reason: text(textForm.REASON, "Why it is needed."),
          expires: text(valueForm.DAY, "The last day on which it holds (UTC)."),
        },
        "A rule that is waived for an image, for a time.",
        { required: ["rule", "image", "owner", "reason", "expires"] },
      ),
      "The exceptions.",
    ),
  },
  "Exceptions from policy rules.",
  { $schema: DIALECT, title: "Exceptions", required: ["exceptions"] },
);
