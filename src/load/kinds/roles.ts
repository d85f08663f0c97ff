import { type Diagnostic, errorAt } from "../../model/diagnostic.js";
import { quote } from "../../model/quote.js";
import type { Owners, PathOwners, RoleName, Roles } from "../../model/roles.js";
import { wildcardMatches } from "../../model/wildcard.js";
import type { YamlSource } from "../yaml/source.js";
import type { FileOf } from "./schema/file-types.js";
import { ROLES_SCHEMA } from "./schema/roles.js";
import { asMapping, asText, asWord, type MappingOf, type Read, readList } from "./value.js";

const ROLE_NAMES: readonly RoleName[] = ["administrator", "privileged-developer", "function-developer"];

/** Reads policies/roles.yaml. */
export function readRoles(value: FileOf<"roles">, source: YamlSource): Read<Roles> {
  const file = asMapping(value);
  const named = asMapping(file.roles);
  const kinds = asMapping(file.kinds);
  const diagnostics: Diagnostic[] = [];
  const roles = new Map(
    ROLE_NAMES.flatMap((name) => (name in named ? [[name, readOwners(named[name])] as const] : [])),
  );
  const administrators = roles.get("administrator");
  if (administrators === undefined || administrators.teams.length + administrators.users.length === 0) {
    const place = source.at("/roles/administrator", "key");
    diagnostics.push(errorAt(place, "no-administrator", "there is no administrator", "name a team or a user"));
  }
  const paths = readList(file.paths, (entry, index): PathOwners => {
    const { path, ...owners } = asMapping(entry);
    const pointer = `/paths/${index}`;
    const problem = pathProblem(asText(path));
    if (problem) diagnostics.push(errorAt(source.at(`${pointer}/path`), "protected-path", problem.what, problem.hint));
    return { path: asText(path), ...readOwners(owners), pointer };
  });
  return {
    result: {
      roles,
      kinds: {
        image: asWord(kinds.image, ROLES_SCHEMA.properties.kinds.properties.image),
        other: asWord(kinds.other, ROLES_SCHEMA.properties.kinds.properties.other),
      },
      paths,
      source,
    },
    diagnostics,
  };
}

type RoleFile = MappingOf<FileOf<"roles">>;
type OwnersOfRole = MappingOf<RoleFile["roles"]>["administrator"];

function readOwners(value: OwnersOfRole): Owners {
  const { teams, users } = asMapping(value);
  return { teams: readList(teams, asText), users: readList(users, asText) };
}

/** What belongs to administrators whatever roles.yaml says. */
const PROTECTED = ["catalog/", "policies/", ".github/", "slipway.yaml", "slipway.yml", "CODEOWNERS", "docs/CODEOWNERS"];

function pathProblem(path: string): { what: string; hint: string } | undefined {
  const segments = path.replace(/\/$/, "").split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    const hint = "write it relative to the catalogue, for instance `images/payments/`";
    return { what: `${quote(path)} is not a path inside of the catalogue`, hint };
  }
  const reached = PROTECTED.find((place) => reaches(path, place));
  if (reached === undefined) return undefined;
  return {
    what: `${quote(path)} reaches ${reached}, which belongs to administrators`,
    hint: "name paths of images/, or what is no part of the catalogue",
  };
}

/**
 * A directory that merely contains a protected file (docs/) is not protected: the file still belongs to
 * administrators.
 */
function reaches(path: string, place: string): boolean {
  const segments = path.split("/");
  const names = place.split("/");
  if (place.endsWith("/")) return wildcardMatches(segments[0] ?? "", names[0] ?? "");
  return segments.length === names.length && names.every((name, index) => wildcardMatches(segments[index] ?? "", name));
}
