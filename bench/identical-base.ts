import { join } from "node:path";
import { alternate } from "./measure.js";
import type { Part } from "./part.js";
import { counting, QUICK_BASE, QUICK_SETUP, writeQuickBase, writeQuickCatalogue } from "./quick-catalogue.js";
import { milliseconds, percent, table } from "./report.js";
import { buildJson } from "./slipway.js";
import { freshPlace, type Place, removePlace } from "./storage.js";

const IMAGES = 12;
const LOOPS = 300_000;
const ROUNDS = 2;

const FULL = "full build";
const REBUILT = "base rebuilt";

/** Changes the definition of a base image, but not its bytes: no derived image may be rebuilt. */
export const identicalBase: Part = {
  title: "A base image rebuilt with identical bytes",
  run({ directory, say }) {
    const catalogue = join(directory, "catalogue");
    writeQuickCatalogue(catalogue, IMAGES, counting(LOOPS));
    let place: Place = freshPlace(join(directory, "place"));
    const outcomes = { built: 0, unchanged: 0 };
    const full = () => void buildJson([], { cwd: catalogue, ...place });
    const rebuild = () => {
      const results = buildJson([], { cwd: catalogue, ...place });
      const others = results.filter(({ image }) => image !== QUICK_BASE);
      outcomes.built = others.filter(({ outcome }) => outcome === "built").length;
      outcomes.unchanged = others.filter(({ outcome }) => outcome === "unchanged").length;
      if (results.find(({ image }) => image === QUICK_BASE)?.outcome !== "built")
        throw new Error("the base was not built");
    };
    const startOver = () => {
      writeQuickBase(catalogue, [QUICK_SETUP]);
      place = freshPlace(join(directory, "place"));
    };
    try {
      say(`${ROUNDS} × ${FULL}, then ${REBUILT}`);
      const samples = alternate(
        [
          { name: FULL, prepare: startOver, run: full },
          { name: REBUILT, prepare: () => writeQuickBase(catalogue, [QUICK_SETUP, "true"]), run: rebuild },
        ],
        ROUNDS,
        0,
      );
      const row = [
        String(outcomes.built),
        String(outcomes.unchanged),
        percent(samples.ratio(REBUILT, FULL)),
        milliseconds(samples.median(REBUILT)),
        milliseconds(samples.median(FULL)),
      ];
      return { intro: INTRO, tables: [table(HEADINGS, [row])] };
    } finally {
      removePlace(place);
    }
  },
};

const INTRO =
  `After a full build of ${IMAGES} images the base image gets one more command, \`true\`: a new key, but the same bytes. ` +
  "Goal: no dependent is rebuilt.";

const HEADINGS = ["dependents rebuilt", "dependents unchanged", "÷ full build", REBUILT, FULL];
