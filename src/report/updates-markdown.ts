import { createHash } from "node:crypto";
import { andMore, cut, withRest } from "../model/cut.js";
import type { Update } from "../model/update.js";
import { updateMarker } from "../model/update-marker.js";
import { cellCode, tableRow } from "./markdown.js";
import { plural } from "./text.js";

/** The most rows in a pull request's table: GitHub limits bodies to 65,536 characters. */
const ROWS = 100;
/** The most characters of names in a title. */
const TITLE = 60;
/** The most characters in a cell. */
const CELL = 150;

export interface UpdatePullText {
  readonly title: string;
  readonly body: string;
  readonly commitMessage: string;
}

/** The texts of a pull request for the updates of a group. */
export function updatePullText(group: string, updates: readonly Update[]): UpdatePullText {
  const title = titleOf(group, updates);
  const lines = updates.map(({ name, from, to, file }) => `${name}: ${short(from)} → ${short(to)} (${file})`);
  return { title, body: bodyOf(group, updates), commitMessage: `${title}\n\n${lines.join("\n")}\n` };
}

/** A hash of the changes that is independent of their lines. */
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
    "`slipway update` keeps this pull request current until it is merged or closed. Commits by anyone else on its branch",
    "stop that. Once closed, it stays closed until there is something newer.",
    "",
  ].join("\n");
}

/** Twelve digits identify a digest. */
const short = (text: string) => text.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1");
