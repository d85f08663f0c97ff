import { fileURLToPath } from "node:url";
import { call, median, Samples } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import type { RuntimeFigures } from "./runtime-load.js";
import { BARE_SERVER, BARE_SPAWNING, PROXY } from "./runtime-servers.js";

const LOAD = fileURLToPath(new URL("runtime-load.js", import.meta.url));

/** Measures the cost of the function runtimes compared with the smallest possible server in JavaScript. */
export const runtimes: Part = {
  title: "Function runtimes",
  run({ directory, say }) {
    say("cold starts, requests, 10,000 runs");
    const { starts, requests, long } = JSON.parse(call(process.execPath, [LOAD, directory])) as RuntimeFigures;
    const [cold, each] = [samples(starts), samples(requests)];
    const rows = Object.keys(starts).map((name) => [
      name,
      milliseconds(median(starts[name] ?? [])),
      times(cold.ratio(name, BARE_SERVER)),
      (1000 / median(requests[name] ?? [])).toFixed(0),
      times(each.ratio(name, BARE_SERVER)),
    ]);
    const spawning = times(each.ratio(PROXY, BARE_SPAWNING));
    const memory = (kB: number) => `${(kB / 1024).toFixed(1)} MiB`;
    return {
      intro: `The servers run as processes on this machine, not in images, and get one HTTP request after another. Cold start: from the start of the process to the first answer. The action is a shell script that runs \`cat\`; a run through the proxy takes ${spawning} the time of a bare server that runs it. In images all files have the same time, which makes bytecode of the server and of Python's own library stale, unless it is checked by a hash. Goal: the proxy starts in well under 200 ms.`,
      tables: [
        table(["server", "cold start", "÷ bare", "requests/s", "time ÷ bare"], rows),
        table(
          ["runs in a row", "memory before", "memory after", "processes left", "time"],
          [[`${long.runs}`, memory(long.before), memory(long.after), `${long.left}`, milliseconds(long.milliseconds)]],
        ),
      ],
    };
  },
};

function samples(times: Readonly<Record<string, readonly number[]>>): Samples {
  const result = new Samples();
  for (const [name, values] of Object.entries(times)) for (const value of values) result.add(name, value);
  return result;
}
