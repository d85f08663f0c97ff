import { WAIVABLE_RULES } from "../../../model/diagnostic-codes.js";
import type { ApprovingRole } from "../../../model/roles.js";
import * as form from "./forms.js";
import { atLeastOne, kind, listOf, mappingOf, type Schema, text } from "./schema.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const OWNERS = {
  teams: listOf(text(form.TEAM, "`organisation/team`."), "Teams of the forge."),
  users: listOf(text(form.LOGIN, "A person's login."), "People of the forge."),
};

const approvedBy = (what: string, otherwise: ApprovingRole) =>
  ({
    type: "string",
    enum: ["administrator", "privileged-developer"],
    default: otherwise,
    description: `The role that approves ${what}.`,
  }) as const satisfies Schema;

/** `policies/roles.yaml`. */
export const ROLES_SCHEMA = mappingOf(
  {
    kind: kind("Roles"),
    roles: mappingOf(
      {
        administrator: mappingOf(OWNERS, "May approve everything."),
        "privileged-developer": mappingOf(OWNERS, "May approve images."),
        "function-developer": mappingOf(OWNERS, "May propose; their approvals never count."),
      },
      "Who has which role.",
      { required: ["administrator"] },
    ),
    kinds: mappingOf(
      {
        image: approvedBy("images other than base images", "privileged-developer"),
        other: approvedBy("what is no part of the catalogue", "administrator"),
      },
      "Who approves what is not administrators' in any case.",
    ),
    paths: listOf(
      mappingOf(
        { path: text(form.OWNED_PATH, "A path of the catalogue; `*` stands for a part of a name."), ...OWNERS },
        "Owners of some paths.",
        { required: ["path"], ...atLeastOne("teams", "users") },
      ),
      "Owners of their own for some paths; the last that matches holds.",
    ),
  },
  "Who may change what.",
  { $schema: DIALECT, title: "Roles", required: ["roles"] },
);

/** `policies/exceptions.yaml`. */
export const EXCEPTIONS_SCHEMA = mappingOf(
  {
    kind: kind("Exceptions"),
    exceptions: listOf(
      mappingOf(
        {
          rule: { type: "string", enum: WAIVABLE_RULES, description: "The rule that does not hold." },
          image: text(form.IMAGE_NAME, "The image it does not hold for."),
          package: text(form.PACKAGE_NAME, "The package it does not hold for. Left out: any."),
          advisory: text(form.ADVISORY_ID, "Only for `vulnerability`: the one that is accepted, by any of its names."),
          owner: text(form.MENTION, "Who answers for it: `@login` or `@organisation/team`."),
          reason: text(form.REASON, "Why it is needed."),
          expires: text(form.DAY, "The last day on which it holds (UTC)."),
        },
        "A rule that does not hold for an image, for a time.",
        { required: ["rule", "image", "owner", "reason", "expires"] },
      ),
      "The exceptions.",
    ),
  },
  "Exceptions from policy rules.",
  { $schema: DIALECT, title: "Exceptions", required: ["exceptions"] },
);

/** `policies/operating-systems.yaml`. */
export const OPERATING_SYSTEMS_SCHEMA = mappingOf(
  {
    kind: kind("OperatingSystems"),
    allowed: listOf(text(form.SCOPE, "An operating system, for instance `photon`."), "The operating systems.", {
      minItems: 1,
    }),
    level: {
      type: "string",
      enum: ["enforce", "warn"],
      default: "enforce",
      description: "`enforce`: another one is rejected; `warn`: it is only said.",
    },
  },
  "Operating systems that every image must derive from.",
  { $schema: DIALECT, title: "OperatingSystems", required: ["allowed"] },
);
