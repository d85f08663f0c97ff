import { cut, withRest } from "../../model/cut.js";
import type { GateReport, PackageChange, PackageDiff } from "../../model/gate.js";
import type { Section } from "../fit.js";
import { code, FOLDED, fenced } from "../markdown.js";
import { plural } from "../text.js";
import { packageCounts } from "./words.js";

/** The most names before a difference that many images share. */
const MAX_NAMES = 5;
const MAX_NAME = 200;

/** A folded section that is shown completely or not at all. */
function folded(name: string, title: string, items: readonly string[]): Section {
  return { name, open: FOLDED.open(title), items, close: FOLDED.close, shrink: "whole" };
}

/** One block for all images with the same changes: descendants get what their parent gets. */
export function packageSection({ images }: GateReport): Section {
  const groups = new Map<string, string[]>();
  const changed = images.filter(({ packages }) => packageCounts(packages) !== "");
  for (const { image, packages } of changed) {
    const block = fenced(packageLines(packages), "diff");
    const names = groups.get(block);
    if (names) names.push(image);
    else groups.set(block, [image]);
  }
  const items = [...groups].map(([block, names], index) => `${index > 0 ? "\n" : ""}${nameList(names)}\n\n${block}`);
  return folded("package diff", `Package diff (${plural(changed.length, "image")})`, items);
}

function packageLines({ added, removed, changed }: PackageDiff): string[] {
  const words = (name: string, ...rest: readonly (string | null)[]) =>
    [name, ...rest.filter((word) => word !== null)].join(" ");
  return [
    ...added.map(({ name, to }) => `+ ${words(name, to)}`),
    ...removed.map(({ name, from }) => `- ${words(name, from)}`),
    ...changed.map(({ name, from, to }: PackageChange) => `! ${name} ${from ?? "?"} → ${to ?? "?"}`),
  ];
}

function nameList(names: readonly string[]): string {
  const { shown, rest } = cut(names, MAX_NAMES);
  return withRest({ shown: [shown.map((name) => code(name, MAX_NAME)).join(", ")], rest }).join(" ");
}

export function containerfileSection({ images }: GateReport): Section {
  const changed = images.filter(({ containerfile }) => containerfile !== "");
  const items = changed.map(({ image, containerfile }, index) => {
    const lines = containerfile.replace(/\n$/, "").split("\n");
    return `${index > 0 ? "\n" : ""}${code(image, MAX_NAME)}\n\n${fenced(lines, "diff")}`;
  });
  return folded("Containerfile diff", `Containerfile diff (${plural(changed.length, "image")})`, items);
}

/** Nothing if no image changes: the headline says so. */
export function unchangedSection({ images, unchanged }: GateReport): Section {
  const items =
    images.length === 0 || unchanged.length === 0 ? [] : [unchanged.map((name) => code(name, MAX_NAME)).join(", ")];
  return folded("unchanged images", `${unchanged.length} unchanged`, items);
}
