import { join } from "node:path";
import { alternate, Samples, thereAndBack } from "./measure.js";
import type { Part } from "./part.js";
import { counting, writeQuickCatalogue } from "./quick-catalogue.js";
import { milliseconds, percent, table, times } from "./report.js";
import { type ShellLoop, writeShellLoop } from "./shell-loop.js";
import { buildJson, NODE_START } from "./slipway.js";
import { freshPlace, type Place, removePlace } from "./storage.js";

const IMAGES = 30;
/** About half a second of work per image. */
const LOOPS = 300_000;
const ROUNDS = 2;
const IDLE_ROUNDS = 7;

const SHELL = "shell loop";
const ONE = "slipway build --jobs 1";
const DEFAULT = "slipway build";
const LAYERS = "shell loop --layers";

/** Measures what Slipway adds to bare Buildah, what parallel builds gain, and how long it takes to find nothing to do. */
export const buildOverhead: Part = {
  title: "Building, against a shell loop over Buildah",
  run({ directory, say }) {
    const catalogue = join(directory, "catalogue");
    const names = writeQuickCatalogue(catalogue, IMAGES, counting(LOOPS));
    const loop = writeShellLoop(join(directory, "loop"), catalogue, names);
    const places = new Map<string, Place>();
    try {
      const cold = measureCold({ directory, catalogue, places, loop, say });
      const idle = measureIdle({ directory, catalogue, places, loop, say });
      return { intro: INTRO, tables: [coldTable(cold), idleTable(idle)] };
    } finally {
      for (const place of places.values()) removePlace(place);
    }
  },
};

const INTRO =
  `${IMAGES} images on four levels, about half a second of work each, no tests, pushed into an OCI layout. The shell loop ` +
  "builds the same Containerfiles one after another with `buildah build` and then pushes them; its builds and pushes are " +
  "also shown separately. The order is reversed every other round. Every run starts with empty " +
  "storage. Goals: at most 10 % more per image than bare Buildah with `--jobs 1`, at least 2 × faster with the default, and " +
  "at most 500 ms if there is nothing to do. Work that keeps a processor busy cannot speed up by more than the number of cores.";

interface Setting {
  readonly directory: string;
  readonly catalogue: string;
  /** By contestant; filled by the cold runs, used by the runs with nothing to do. */
  readonly places: Map<string, Place>;
  readonly loop: ShellLoop;
  readonly say: (text: string) => void;
}

function measureCold({ directory, catalogue, places, loop, say }: Setting): Samples {
  const contestant = (name: string, folder: string, build: (place: Place) => void) => ({
    name,
    prepare: () => {
      places.set(name, freshPlace(join(directory, folder)));
      say(`${name}, from nothing`);
    },
    run: () => build(places.get(name) as Place),
  });
  const slipwayBuild = (place: Place, args: readonly string[]) => {
    const results = buildJson(args, { cwd: catalogue, ...place });
    const built = results.filter(({ outcome }) => outcome === "built").length;
    if (built !== IMAGES) throw new Error(`${built} of ${IMAGES} images were built`);
  };
  const phases = new Samples();
  const timed = (name: string, run: () => void) => {
    const started = performance.now();
    run();
    phases.add(name, performance.now() - started);
  };
  const shell = (place: Place) => {
    timed("builds", () => loop.build(place));
    timed("pushes", () => loop.push(place));
  };
  const samples = thereAndBack(
    [
      contestant(SHELL, "shell", shell),
      contestant(ONE, "one", (place) => slipwayBuild(place, ["--jobs", "1"])),
      contestant(DEFAULT, "default", (place) => slipwayBuild(place, [])),
    ],
    ROUNDS,
  );
  for (const name of ["builds", "pushes"]) for (const time of phases.of(name)) samples.add(name, time);
  return samples;
}

function measureIdle({ directory, catalogue, places, loop, say }: Setting): Samples {
  say(`${LAYERS}, from nothing, to fill its cache`);
  const layers = freshPlace(join(directory, "layers"));
  places.set(LAYERS, layers);
  loop.build(layers, ["--layers"]);
  loop.push(layers);
  const { state, layout } = places.get(DEFAULT) as Place;
  const nothing = () => {
    const results = buildJson([], { cwd: catalogue, state, layout });
    if (results.some(({ outcome }) => outcome !== "unchanged")) throw new Error("there should be nothing to do");
  };
  say("nothing to do");
  const quick = alternate([NODE_START, { name: DEFAULT, run: nothing }], IDLE_ROUNDS);
  const again = () => {
    loop.build(layers, ["--layers"]);
    loop.push(layers);
  };
  const slow = alternate([{ name: LAYERS, run: again }], 1, 0);
  quick.add(LAYERS, slow.median(LAYERS));
  return quick;
}

function coldTable(cold: Samples): string {
  const row = (name: string) => {
    const ratio = cold.ratio(name, SHELL);
    const perImage = (cold.median(name) - cold.median(SHELL)) / IMAGES;
    return [
      name.startsWith("slipway") ? `\`${name}\`` : name,
      percent(ratio - 1),
      cold
        .ratios(name, SHELL)
        .map((one) => percent(one - 1))
        .join(", "),
      times(1 / ratio),
      milliseconds(perImage),
      milliseconds(cold.median(name)),
    ];
  };
  return table(
    ["from nothing", "against the loop", "each round", "speed-up", "per image", "all"],
    [SHELL, "builds", "pushes", ONE, DEFAULT].map(row),
  );
}

function idleTable(idle: Samples): string {
  const row = (name: string, label: string) => [
    label,
    times(idle.median(name) / idle.median(NODE_START.name)),
    milliseconds(idle.median(name)),
  ];
  const rows = [
    row(NODE_START.name, "`node -e 0`"),
    row(DEFAULT, "`slipway build`"),
    row(LAYERS, "shell loop, `--layers`"),
  ];
  return table(["nothing to do", "÷ `node -e 0`", "time"], rows);
}
