import { alternate } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import { NODE_START, PROJECT, slipway } from "./slipway.js";

const ROUNDS = 15;

const COMMANDS = [["--version"], ["plan", "--help"], ["validate"]] as const;

/** Measures how long the shortest commands take compared with Node alone: imports and option parsing, and one small catalogue. */
export const startUp: Part = {
  title: "Start-up",
  run({ say }) {
    const contestants = COMMANDS.map((args) => ({
      name: `slipway ${args.join(" ")}`,
      run: () => void slipway(args, { cwd: PROJECT }),
    }));
    say(`${ROUNDS} rounds`);
    const samples = alternate([NODE_START, ...contestants], ROUNDS);
    const rows = [NODE_START, ...contestants].map(({ name }) => [
      `\`${name}\``,
      times(samples.ratio(name, NODE_START.name)),
      milliseconds(samples.median(name)),
    ]);
    return {
      intro: "`validate` reads the reference catalogue.",
      tables: [table(["command", "÷ `node -e 0`", "time"], rows)],
    };
  },
};
