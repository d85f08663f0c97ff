import { join } from "node:path";
import { generateRepository } from "./generate-catalogue.js";
import { addLock, LOCK_VARIANTS } from "./generate-lock.js";
import type { Part } from "./part.js";
import { HEADINGS, measure, row } from "./plan-scale.js";
import { milliseconds, table } from "./report.js";

const COUNT = 10_000;
const ROUNDS = 3;

/** The same plans where every image is locked. */
export const lockScale: Part = {
  title: "Plan between two commits, with a lock",
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
  "The same catalogue of 10,000 images with a slipway.lock of eight packages each (about 17 MB). One file differs: a leaf's " +
  "definition, or the lock, in which one package of a hundred images is bumped. Beside it the leaf without a lock.";
