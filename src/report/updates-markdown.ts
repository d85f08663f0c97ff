import { createHash } from "node:crypto";
import { andMore, cut, withRest } from "../model/cut.js";
import type { Update } from "../model/update.js";
import { updateMarker } from "../model/update-marker.js";
import { cellCode, tableRow } from "./markdown.js";
import { plural } from "./text.js";

/** Rows of a pull request's table: GitHub takes bodies of 65,536 characters. */
const ROWS = 100;
/** Characters of a title in which names are listed. */
const TITLE = 60;
/** Characters of a cell. */
const CELL = 150;

export interface UpdatePullText {
  readonly title: string;
  readonly body: string;
  readonly commitMessage: string;
}

/** What a pull request says of a group's updates. */
export function updatePullText(group: string, updates: readonly Update[]): UpdatePullText {
  const title = titleOf(group, updates);
  const lines = updates.map(({ name, from, to, file }) => `${name}: ${short(from)} → ${short(to)} (${file})`);
  return { title, body: bodyOf(group, updates), commitMessage: `${title}\n\n${lines.join("\n")}\n` };
}

/** Hash over what is to be changed, wherever it stands. */
function digestOf(updates: readonly Update[]): string {
  const changes = updates.map(({ file, name, from, to }) => [file, name, from, to]).sort();
  return createHash("sha256").update(JSON.stringify(changes)).digest("hex").slice(0, 16);
}

function titleOf(group: string, updates: readonly Update[]): string {
  const [only, ...others] = new Set(updates.map(({ name, to }) => `${name} to ${short(to)}`));
  if (only !== undefined && others.length === 0) return `Update ${only}`;
  const names = new Set(updates.map(({ name }) => name));
  const list = [...names].join(", ");
  return `Update ${group}: ${list.length <= TITLE ? list : plural(names.size, "entry", "entries")}`;
}

function bodyOf(group: string, updates: readonly Update[]): string {
  const rows = updates.map(({ name, from, to, where, file, line }) =>
    tableRow([name, short(from), short(to), where, `${file}:${line}`].map((text) => cellCode(text, CELL))),
  );
  return [
    updateMarker({ group, digest: digestOf(updates) }),
    tableRow(["what", "from", "to", "offered by", "where"]),
    "|---|---|---|---|---|",
    ...withRest(cut(rows, ROWS), (count) => `\n${andMore(count)}, in the changes.`),
    "",
    "`slipway update` keeps this pull request current until it is merged or closed. Commits of somebody else on its branch",
    "stop that. Once closed, it stays closed until something newer is there.",
    "",
  ].join("\n");
}

/** Twelve digits of a digest tell it from any other. */
const short = (text: string) => text.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1");
