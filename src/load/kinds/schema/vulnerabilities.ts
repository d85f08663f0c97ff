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
        enforce: rating("From this rating on a finding is an error. Left out: none is."),
        warn: rating("From this rating on a finding is told. Left out: all are."),
        unknown: {
          type: "string",
          enum: ["enforce", "warn", "ignore"],
          default: "warn",
          description: "What is done with a finding that has no rating.",
        },
      },
      "How bad a vulnerability must be.",
    ),
    "fixable-only": {
      type: "boolean",
      default: false,
      description: "Whether findings that no version mends are left out.",
    },
    "in-build": {
      type: "boolean",
      default: false,
      description: "Whether a build looks as well: an image with a finding that is an error gets no tag.",
    },
  },
  "Known vulnerabilities: where they are told of, and which ones matter.",
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "VulnerabilityPolicy",
    required: ["advisories"],
  },
);
