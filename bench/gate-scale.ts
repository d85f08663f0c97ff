import { rmSync } from "node:fs";
import { join } from "node:path";
import { generateRepository, selectVariant } from "./generate-catalogue.js";
import { alternate } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import { slipway } from "./slipway.js";

const SIZES = [
  { count: 1000, rounds: 5 },
  { count: 10_000, rounds: 3 },
] as const;

/** Measures how long a pull request waits for the gate itself, compared with a plan that also reads everything. */
export const gateScale: Part = {
  title: "The gate",
  run({ directory, say }) {
    const rows = SIZES.map(({ count, rounds }) => {
      const repository = join(directory, `catalogue-${count}`);
      generateRepository(repository, count);
      selectVariant(repository, "mid");
      const forget = () => rmSync(join(repository, ".slipway"), { recursive: true, force: true });
      const digests = new Set<string>();
      const run = (...args: readonly string[]) => {
        const answer = slipway([...args, "--base", "HEAD~1", "--head", "HEAD", "--json"], { cwd: repository });
        digests.add((JSON.parse(answer) as { readonly digest: string }).digest);
      };
      const samples = alternate(
        [
          { name: "plan", prepare: forget, run: () => run("plan") },
          { name: "gate", prepare: forget, run: () => run("gate") },
        ],
        rounds,
      );
      if (digests.size !== 1) throw new Error(`${count}: gate and plan differ`);
      say(`${count} images: gate ${milliseconds(samples.median("gate"))}`);
      const medians = ["gate", "plan"].map((name) => milliseconds(samples.median(name)));
      return [String(count), times(samples.ratio("gate", "plan")), ...medians];
    });
    return { intro: INTRO, tables: [table(["images", "gate ÷ cold plan", "gate", "cold plan"], rows)] };
  },
};

const INTRO =
  "`slipway gate --base HEAD~1 --head HEAD` on the same catalogues, with an image in the middle changed, compared with a cold " +
  "`slipway plan`; both must give the same plan digest. The gate reads everything each time, because it has to find every problem.";
