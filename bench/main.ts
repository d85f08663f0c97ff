import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accounting } from "./accounting.js";
import { actionStart } from "./action.js";
import { aptOverhead } from "./apt-overhead.js";
import { before } from "./before.js";
import { buildOverhead } from "./build-overhead.js";
import { gateScale } from "./gate-scale.js";
import { identicalBase } from "./identical-base.js";
import { lockScale } from "./lock-scale.js";
import { locked } from "./locked.js";
import type { Part } from "./part.js";
import { planScale } from "./plan-scale.js";
import { registryScale } from "./registry-scale.js";
import { section, writeReport } from "./report.js";
import { runtimes } from "./runtimes.js";
import { sharedRegistry } from "./shared-registry.js";
import { PROJECT } from "./slipway.js";
import { startUp } from "./start-up.js";

/** The parts by their names on the command line, in the order of the report. */
const PARTS = new Map<string, Part>([
  ["plan", planScale],
  ["lock", lockScale],
  ["registry", registryScale],
  ["gate", gateScale],
  ["build", buildOverhead],
  ["before", before],
  ["apt", aptOverhead],
  ["locked", locked],
  ["accounting", accounting],
  ["base", identicalBase],
  ["shared", sharedRegistry],
  ["start", startUp],
  ["action", actionStart],
  ["runtimes", runtimes],
]);

/** Parts that need a package mirror or registry; they run only if requested with `--apt` or by name. */
const OPTIONAL = ["before", "apt", "locked", "accounting", "action"];

const args = process.argv.slice(2);
const names = args.filter((argument) => argument !== "--apt");
const wanted = new Set(names.length > 0 ? names : [...PARTS.keys()].filter((name) => !OPTIONAL.includes(name)));
if (args.includes("--apt")) for (const name of OPTIONAL) wanted.add(name);
const unknown = names.filter((name) => !PARTS.has(name));
if (unknown.length > 0) {
  process.stderr.write(`usage: npm run bench -- [--apt] [PART…]; the parts are ${[...PARTS.keys()].join(", ")}\n`);
  process.exit(2);
}

// With a handler, Ctrl-C ends the measured program but not this one, which can then clean up.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});

const sections = new Map<string, string>();
try {
  for (const [name, part] of PARTS) {
    if (!wanted.has(name)) continue;
    const text = await runPart(name, part);
    sections.set(name, text);
    process.stdout.write(`${text}\n`);
    // Written after each part, so that a later interruption or failure does not lose it.
    writeReport(join(PROJECT, "docs/bench.md"), [...PARTS.keys()], sections);
  }
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function runPart(name: string, part: Part): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), `slipway-bench-${name}-`));
  const say = (text: string) => process.stderr.write(`${name}: ${text}\n`);
  try {
    return section(name, part.title, await part.run({ directory, say }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
