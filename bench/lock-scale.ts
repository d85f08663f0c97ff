import { join } from "node:path";
import { generateRepository } from "./generate-catalogue.js";
import { addLock, LOCK_VARIANTS } from "./generate-lock.js";
import type { Part } from "./part.js";
import { HEADINGS, measure, row } from "./plan-scale.js";
import { milliseconds, table } from "./report.js";

const COUNT = 10_000;
const ROUNDS = 3;

/** Measures the same plans with every image locked. */
export const lockScale: Part = {
  title: "Plan between two commits, with a lockfile",
  async run({ directory, say }) {
    const repository = join(directory, "catalogue");
    const started = performance.now();
    generateRepository(repository, COUNT);
    await addLock(repository);
    say(`${COUNT} locked images generated in ${milliseconds(performance.now() - started)}`);
    const rows = ["leaf", ...LOCK_VARIANTS].map((variant) => row(COUNT, measure(repository, variant, ROUNDS)));
    return { intro: INTRO, tables: [table(HEADINGS, rows)] };
  },
};

const INTRO =
  "The same catalogue of 10,000 images, with eight packages per image in slipway.lock (about 17 MB). One file differs: a leaf's " +
  "definition, or the lockfile, in which one package of a hundred images is bumped. The leaf without a lockfile is shown for comparison.";
