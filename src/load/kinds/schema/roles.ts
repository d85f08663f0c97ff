import type { ApprovingRole } from "../../../model/roles.js";
import * as pathForm from "./forms/paths.js";
import * as personForm from "./forms/people.js";
import { atLeastOne, kind, listOf, mappingOf, type Schema, text } from "./schema.js";

const DIALECT = "https://json-schema.org/draft/2020-12/schema";

const OWNERS = {
  teams: listOf(text(personForm.TEAM, "`organisation/team`."), "Teams of the forge."),
  users: listOf(text(personForm.LOGIN, "A person's login."), "People of the forge."),
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
        other: approvedBy("files outside the catalogue", "administrator"),
      },
      "Who approves what does not always belong to administrators.",
    ),
    paths: listOf(
      mappingOf(
        { path: text(pathForm.OWNED_PATH, "A path of the catalogue; `*` stands for a part of a name."), ...OWNERS },
        "Owners of some paths.",
        { required: ["path"], ...atLeastOne("teams", "users") },
      ),
      "Separate owners for some paths; the last match counts.",
    ),
  },
  "Who may change what.",
  { $schema: DIALECT, title: "Roles", required: ["roles"] },
);
