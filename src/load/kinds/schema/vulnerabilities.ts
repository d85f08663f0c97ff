import { RATINGS } from "../../../model/vulnerability.js";
import * as addressForm from "./forms/addresses.js";
import * as pathForm from "./forms/paths.js";
import { kind, mappingOf, type Schema, text } from "./schema.js";

const rating = (description: string) => ({ type: "string", enum: RATINGS, description }) as const satisfies Schema;

/** `policies/vulnerabilities.yaml`. */
export const VULNERABILITIES_SCHEMA = mappingOf(
  {
    kind: kind("VulnerabilityPolicy"),
    advisories: mappingOf(
      {
        directory: text(
          pathForm.ADVISORY_DIRECTORY,
          "A directory of the catalogue with OSV records: JSON files, or ZIP archives.",
        ),
        mirror: text(
          addressForm.URL_PREFIX,
          "Where `slipway audit --update` fetches `ECOSYSTEM/all.zip` from. No other command fetches anything.",
        ),
      },
      "Where the advisories are, in the OSV format.",
      { anyOf: [{ required: ["directory"] }, { required: ["mirror"] }] },
    ),
    severity: mappingOf(
      {
        enforce: rating("Findings of this rating and worse are errors. Left out: none are."),
        warn: rating("Findings of this rating and worse are reported. Left out: all are."),
        unknown: {
          type: "string",
          enum: ["enforce", "warn", "ignore"],
          default: "warn",
          description: "What is done with a finding that has no rating.",
        },
      },
      "How severe a vulnerability must be.",
    ),
    "fixable-only": {
      type: "boolean",
      default: false,
      description: "Whether findings that no version fixes are left out.",
    },
    "in-build": {
      type: "boolean",
      default: false,
      description: "Whether builds check as well: an image with a finding that is an error gets no tag.",
    },
  },
  "Known vulnerabilities: where they are published, and which ones matter.",
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "VulnerabilityPolicy",
    required: ["advisories"],
  },
);
