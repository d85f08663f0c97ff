import { andMore, cut, withRest } from "../../model/cut.js";
import type { ApprovalState, GateReport, RequiredApproval } from "../../model/gate.js";
import { moreRows, type Section } from "../fit.js";
import { code, mention } from "../markdown.js";
import { ownerNames } from "./facts.js";
import { foldPaths, KIND_WORDS } from "./words.js";

const MAX_OWNERS = 10;
/** The most approvals whose invalidity is explained. */
const MAX_IGNORED = 10;
const MAX_SHOWN = 300;

/**
 * One line for each approval that the change needs. Only owners in `approvals`, which come from the base branch's roles, are
 * mentioned; owners in the report itself are foreign text.
 */
export function approvalSection(
  { requirements }: GateReport,
  approvals: readonly ApprovalState[] | undefined,
): Section {
  const items =
    approvals?.map(stateLine) ?? (requirements ?? []).map((needed) => `- ${what(needed)}: ${who(needed, codeOwner)}`);
  return {
    name: "approvals",
    open: "**Approval**\n\n",
    items,
    close: "",
    shrink: "rows",
    rest: moreRows("approval"),
  };
}

const codeOwner = (name: string) => code(`@${name}`, MAX_SHOWN);

function stateLine({ required, by, ignored }: ApprovalState): string {
  if (by !== null) return `- ✅ ${what(required)}: approved by ${codeOwner(by)}`;
  const why = ignored.map(({ user, why }) => `  - ${codeOwner(user)} does not count: ${code(why, MAX_SHOWN)}`);
  const some = withRest(cut(why, MAX_IGNORED), (count) => `  - … ${andMore(count)} that do not count`);
  return [`- ⏳ ${what(required)}: ${who(required, mention)}`, ...some].join("\n");
}

/** `images: images/a/, images/b/`. */
function what(required: RequiredApproval): string {
  const { shown, rest } = foldPaths(required);
  const paths = shown.map((path) => code(path, MAX_SHOWN));
  const all = withRest({ shown: paths, rest }, (count) => `… ${andMore(count)}`).join(", ");
  return [KIND_WORDS[required.kind] ?? "", all].filter((word) => word !== "").join(" ");
}

function who(required: RequiredApproval, write: (name: string) => string): string {
  const owners = ownerNames(required);
  if (owners.length === 0) return "nobody can approve this: the role has no members";
  return withRest(cut(owners.map(write), MAX_OWNERS), (count) => `${count} others`).join(" or ");
}
