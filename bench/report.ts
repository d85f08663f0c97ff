import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { call } from "./measure.js";
import type { PartResult } from "./part.js";

const INTRO = `# Benchmarks

\`npm run bench\` writes this page; \`npm run bench -- PART\` renews one part. In every round of a run the contestants take turns, and
every ratio is the median of the ratios of the rounds. Times are medians. Compare ratios, not times: machines differ, and
other programs may have been running.
`;

export const milliseconds = (value: number) =>
  value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
export const percent = (ratio: number) => `${(100 * ratio).toFixed(0)} %`;
export const times = (ratio: number) => `${ratio.toFixed(2)} ×`;

/** A Markdown table; the first column is text, the others are figures. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const rule = headings.map((_, column) => (column === 0 ? "---" : "---:"));
  return [headings, rule, ...rows].map(line).join("");
}

/** One part as the document contains it, with the machine it was measured on. */
export function section(name: string, title: string, { intro, tables }: PartResult): string {
  return `${marker(name)}\n## ${title}\n\n${intro}\n\n${tables.join("\n")}\n${machine()}\n`;
}

/** Puts the sections into the document. Sections of parts that were not run this time stay unchanged. */
export function writeReport(file: string, order: readonly string[], sections: ReadonlyMap<string, string>): void {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const known = new Map(
    before.split(/(?=^<!-- part )/m).map((text) => [/^<!-- part (\S+)/.exec(text)?.[1], text.trim()]),
  );
  const parts = order.flatMap((name) => sections.get(name)?.trim() ?? known.get(name) ?? []);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${[INTRO.trim(), ...parts].join("\n\n")}\n`);
}

const marker = (name: string) => `<!-- part ${name} -->`;

function machine(): string {
  const [processor] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const programs = [`Node ${process.versions.node}`, version("git"), version("buildah")].join(", ");
  return `_${date}: ${cpus().length} cores (${processor?.model.trim() || process.arch}), ${programs}._`;
}

function version(program: string): string {
  try {
    return `${program} ${/\d+(?:\.\d+)+/.exec(call(program, ["--version"]))?.[0]}`;
  } catch {
    return `no ${program}`;
  }
}
