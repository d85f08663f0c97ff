import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOverhead } from "./build-overhead.js";
import { identicalBase } from "./identical-base.js";
import type { Part } from "./part.js";
import { planScale } from "./plan-scale.js";
import { section, writeReport } from "./report.js";
import { PROJECT } from "./slipway.js";
import { startUp } from "./start-up.js";

/** The parts by the names they are called with, in the order of the report. */
const PARTS = new Map<string, Part>([
  ["plan", planScale],
  ["build", buildOverhead],
  ["base", identicalBase],
  ["start", startUp],
]);

const args = process.argv.slice(2);
const apt = args.includes("--apt");
const names = args.filter((argument) => argument !== "--apt");
const unknown = names.filter((name) => !PARTS.has(name));
if (unknown.length > 0) {
  process.stderr.write(`usage: npm run bench -- [--apt] [PART…]; the parts are ${[...PARTS.keys()].join(", ")}\n`);
  process.exit(2);
}

const sections = new Map<string, string>();
for (const [name, part] of PARTS) {
  if (names.length > 0 && !names.includes(name)) continue;
  const directory = mkdtempSync(join(tmpdir(), `slipway-bench-${name}-`));
  const say = (text: string) => process.stderr.write(`${name}: ${text}\n`);
  try {
    const text = section(name, part.title, part.run({ directory, say, apt }));
    sections.set(name, text);
    process.stdout.write(`${text}\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  // After each part: an interruption or a failure later on does not lose it.
  writeReport(join(PROJECT, "docs/bench.md"), [...PARTS.keys()], sections);
}
