import type { GroupResult, UpdateAction } from "../model/update.js";
import { printable } from "./printable.js";
import { plural, table } from "./text.js";

/** The JSON of `update --json`. */
export function updatesJson(groups: readonly GroupResult[]) {
  return {
    groups: groups.map(({ updates, ...group }) => ({
      ...group,
      updates: updates.map(({ pointer: _, ...update }) => update),
    })),
  };
}

const WORDS: Readonly<Record<UpdateAction, string>> = {
  found: "found",
  edited: "edited",
  opened: "opened",
  refreshed: "refreshed",
  unchanged: "unchanged",
  closed: "closed: nothing is left to update",
  waiting: "waiting",
  "left-alone": "left alone",
  refused: "refused",
  failed: "not done",
  none: "nothing newer",
};

/** Each group with its outcome; groups without updates are only counted. */
export function updatesText(groups: readonly GroupResult[]): string {
  const shown = groups.filter(({ action }) => action !== "none");
  const quiet = groups.length - shown.length;
  const blocks = shown.map(groupText);
  const count = shown.reduce((sum, { updates }) => sum + updates.length, 0);
  const rest = quiet > 0 ? ` · ${plural(quiet, "group")} up to date` : "";
  return `${[...blocks, `${plural(count, "update")}${rest}.`].join("\n\n")}\n`;
}

function groupText({ group, action, pull, detail, updates }: GroupResult): string {
  const request = pull === null ? "" : `, pull request ${pull}`;
  const rows = updates.map(({ file, line, name, from, to, where }) =>
    [`${file}:${line}`, name, `${short(from)} → ${short(to)}`, where].map((cell) => printable(cell)),
  );
  const head = `${group}: ${WORDS[action]}${request}${detail === "" ? "" : ` (${printable(detail)})`}`;
  return rows.length === 0 ? head : `${head}\n${table(rows)}`;
}

/** As in updates-markdown.ts. */
const short = (text: string) => text.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1…");
