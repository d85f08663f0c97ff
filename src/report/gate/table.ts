import { andMore, withRest } from "../../model/cut.js";
import type { GateImage, GateReport } from "../../model/gate.js";
import type { PlanAction } from "../../model/plan.js";
import { moreRows, type Section } from "../fit.js";
import { cellCode, tableRow } from "../markdown.js";
import { type TreeRow, treeRows } from "./tree.js";
import { buildWords, packageCounts, reasonWords, sizeWords } from "./words.js";

/** Deeper rows are not indented further: the column would be wider than the page. */
const MAX_INDENT = 6;
const MAX_NAME = 200;
const MAX_REASON = 300;

const ACTIONS: Readonly<Record<PlanAction, string>> = {
  build: "build",
  pending: "pending",
  retag: "retag",
  delete: "delete",
};

const HEADER = ["image", "action", "why", "packages", "size", "build"];

/** One row per image, each below the image that it cascades from. */
export function imageTable({ images }: GateReport): Section {
  return {
    name: "images",
    open: `${tableRow(HEADER)}\n${tableRow(HEADER.map(() => "---"))}\n`,
    items: treeRows(images).map(row),
    close: "",
    shrink: "rows",
    rest: moreRows("image"),
  };
}

function row(row: TreeRow): string {
  const { image } = row;
  const { packages, build } = image;
  return tableRow([
    imageCell(row),
    ACTIONS[image.action] ?? "",
    whyCell(row),
    packageCounts(packages),
    sizeWords(build),
    buildWords(image),
  ]);
}

function imageCell({ image, depth }: TreeRow): string {
  const branch = depth === 0 ? "" : `${"&emsp;".repeat(Math.min(depth, MAX_INDENT) - 1)}└ `;
  return branch + cellCode(imageTitle(image), MAX_NAME);
}

export const imageTitle = ({ image, version }: GateImage) => `${image} ${version}`;

function whyCell(row: TreeRow): string {
  const { shown, rest } = reasonWords(row);
  const lines = shown.map((text) => cellCode(text, MAX_REASON));
  return withRest({ shown: lines, rest }, (count) => `… ${andMore(count)}`).join("<br>");
}
