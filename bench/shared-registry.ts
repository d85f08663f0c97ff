import { spawn } from "node:child_process";
import { join } from "node:path";
import { startDockerRegistry } from "../test/support/docker-registry.js";
import type { Part } from "./part.js";
import { writeQuickCatalogue } from "./quick-catalogue.js";
import { milliseconds, table, times } from "./report.js";
import { CLI } from "./slipway.js";
import { freshPlace, type Place, removePlace } from "./storage.js";

const IMAGES = 12;
/** Waiting instead of work for the processor: builders are machines of their own, and here they share one. */
const WORK = "sleep 8";
const BUILDERS = [1, 3];

interface Run {
  readonly builds: number;
  readonly milliseconds: number;
}

/** Builders with state directories of their own begin at once, on one registry. */
export const sharedRegistry: Part = {
  title: "Several builders on one registry",
  async run({ directory, say }) {
    const catalogue = join(directory, "catalogue");
    writeQuickCatalogue(catalogue, IMAGES, WORK);
    const rows: string[][] = [];
    for (const kind of ["layout", "docker-registry"]) {
      let alone: Run | undefined;
      for (const count of BUILDERS) {
        say(`${kind}: ${count} at a time`);
        const places = Array.from({ length: count }, (_, index) =>
          freshPlace(join(directory, `${kind}-${count}-${index}`)),
        );
        const run = await inRegistry(kind, join(directory, `${kind}-${count}`), (args) =>
          runAll(catalogue, args, places),
        );
        for (const place of places) removePlace(place);
        alone ??= run;
        rows.push([
          kind,
          String(count),
          String(run.builds),
          times(run.milliseconds / alone.milliseconds),
          milliseconds(run.milliseconds),
        ]);
      }
    }
    return { intro: INTRO, tables: [table(HEADINGS, rows)] };
  },
};

async function inRegistry<T>(
  kind: string,
  directory: string,
  action: (args: readonly string[]) => Promise<T>,
): Promise<T> {
  if (kind === "layout") return action(["--registry", `oci:${directory}`]);
  const registry = await startDockerRegistry();
  try {
    return await action(["--registry", `docker://${registry.host}`, "--tls-verify=false"]);
  } finally {
    await registry.stop();
  }
}

async function runAll(cwd: string, args: readonly string[], places: readonly Place[]): Promise<Run> {
  const started = performance.now();
  const outputs = await Promise.all(places.map(({ state }) => build(cwd, args, state)));
  const results = outputs.flatMap((output) => (JSON.parse(output) as { results: { outcome: string }[] }).results);
  return {
    builds: results.filter(({ outcome }) => outcome === "built").length,
    milliseconds: performance.now() - started,
  };
}

function build(cwd: string, args: readonly string[], state: string): Promise<string> {
  const env = { ...process.env, SLIPWAY_STATE: state };
  const child = spawn(process.execPath, [CLI, "build", "--json", ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`slipway build ended with ${code}: ${complaints}${output.slice(-2000)}`));
    });
  });
}

const INTRO =
  `${IMAGES} images on four levels, each of which waits for eight seconds (\`${WORK}\`), so that builders which share this machine's processors are not slowed ` +
  "down by one another. Each builder has a state directory of its own, and all begin at once with an empty registry. " +
  "Goals: three builders make at most 16 builds in all, and no builder alone becomes slower. " +
  "Before builders claimed images, three made 36 builds in the layout (118 s) and 30 in the registry (110 s).";

const HEADINGS = ["registry", "builders", "builds in all", "time ÷ one builder", "time"];
