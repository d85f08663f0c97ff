import { parseArgs } from "node:util";
import { KINDS, type Kind, soak, type Tally } from "./soak.js";

/** `npm run soak -- [--seed N] [--minutes M] [--only KIND]…`: faults until the time is over. Exit code 1 where one of them did harm. */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    minutes: { type: "string", default: "10" },
    only: { type: "string", multiple: true, default: [...KINDS] },
  },
});
const unknown = values.only.find((kind) => !KINDS.includes(kind as Kind));
if (unknown !== undefined) throw new Error(`${unknown} is none of ${KINDS.join(", ")}`);
const seed = Number(values.seed);
const end = Date.now() + Number(values.minutes) * 60_000;
const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());

console.log(`seed ${seed}, ${values.minutes} min: ${values.only.join(", ")}`);
const tallies = await soak({
  seed,
  kinds: values.only as Kind[],
  goesOn: () => Date.now() < end && !stopped.signal.aborted,
  problem: (kind, own, text) => console.log(`\n${kind}, --only ${kind} --seed ${own}: ${text}`),
});
console.log(`\n${["", "rounds", "faults", "clear errors", "with a problem"].map((head) => head.padEnd(15)).join("")}`);
for (const [kind, { rounds, faults, errors, bad }] of tallies)
  console.log([kind, rounds, faults, errors, bad].map((cell) => String(cell).padEnd(15)).join(""));
process.exitCode = [...tallies.values()].some(({ bad }: Tally) => bad > 0) ? 1 : 0;
