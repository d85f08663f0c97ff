import fc from "fast-check";
import { loadDesired } from "../../src/app/catalogue/desired.js";
import type { LoadCache } from "../../src/load/load.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { checkOutcome } from "./catalogue-oracle.js";
import { memoryTree } from "./memory-tree.js";
import { RICH } from "./rich-catalogue.js";

/** A file of the rich catalogue with other text. */
export interface Mutant {
  readonly path: string;
  readonly text: string;
}

export interface Outcomes {
  accepted: number;
  refused: number;
}

/** Loads, resolves, checks and renders the rich catalogue with each mutant, and fails with the smallest harmful one. */
export async function tryMutants(mutants: fc.Arbitrary<Mutant>, numRuns: number, seed: number): Promise<Outcomes> {
  const outcomes = { accepted: 0, refused: 0 };
  const templates = builtInTemplates();
  // All other files are read only once.
  const cache: LoadCache = new Map();
  await loadDesired(memoryTree(RICH), templates, { today: TODAY, cache });
  const property = fc.asyncProperty(mutants, async ({ path, text }) => {
    const files = { ...RICH, [path]: text };
    const loaded = await loadDesired(memoryTree(files), templates, { today: TODAY, cache: new Map(cache) });
    const accepted = checkOutcome(loaded, files);
    outcomes[accepted ? "accepted" : "refused"] += 1;
  });
  await fc.assert(property, { numRuns, seed, includeErrorInReport: true });
  return outcomes;
}

const TODAY = "2026-06-01";
