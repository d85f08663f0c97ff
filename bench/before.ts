import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCatalogue } from "./locked.js";
import { call, type Samples, thereAndBack } from "./measure.js";
import type { Part } from "./part.js";
import { writeQuickCatalogue } from "./quick-catalogue.js";
import { milliseconds, table, times } from "./report.js";
import { buildJson, CLI, PROJECT, slipway } from "./slipway.js";
import { freshPlace, type Place, removePlace } from "./storage.js";

const BEFORE = "before";
const NOW = "now";
const ROUNDS = 2;
const TESTED_ROUNDS = 5;
const TESTS = 10;

/** Builds the same images by this Slipway and by that of an earlier commit, which BENCH_BEFORE names. Needs root and a package mirror. */
export const before: Part = {
  title: "Building, against an earlier commit",
  run({ directory, say }) {
    const { BENCH_BEFORE: commit } = process.env;
    if (commit === undefined) throw new Error("BENCH_BEFORE names the commit to compare with");
    const earlier = join(directory, "earlier");
    call("git", ["clone", "--quiet", PROJECT, earlier]);
    call("git", ["checkout", "--quiet", commit], { cwd: earlier });
    call("npm", ["ci", "--silent"], { cwd: earlier });
    call("npm", ["run", "--silent", "build"], { cwd: earlier });
    const programs = new Map([
      [BEFORE, join(earlier, "build/bin/cli.js")],
      [NOW, CLI],
    ]);
    say("the earlier one is built");
    const tested = measureTested(join(directory, "tested"), programs);
    say("one image is measured");
    const reference = measureReference(join(directory, "reference"), programs);
    const row = (what: string, samples: Samples) => [
      what,
      times(samples.ratio(NOW, BEFORE)),
      ...[BEFORE, NOW].map((name) => milliseconds(samples.median(name))),
    ];
    const rows = [
      row("the reference catalogue, from nothing", reference),
      row(`an image of one file with ${TESTS} inherited tests`, tested),
    ];
    const name = call("git", ["rev-parse", "--short", commit], { cwd: PROJECT }).trim();
    return { intro: intro(name), tables: [table(["", "now ÷ before", "before", "now"], rows)] };
  },
};

const intro = (commit: string) =>
  `\`slipway build\` as of ${commit} and as it is, in turn; both give equal image IDs. The package files of the reference catalogue are in the ` +
  "cache. Goals: at most 0.75 ×, and at most 2 s for the image.";

type Programs = ReadonlyMap<string, string>;

/** Its parent is published and in local storage, as after a change of one definition. */
function measureTested(directory: string, programs: Programs): Samples {
  const catalogue = join(directory, "catalogue");
  const [base = ""] = writeQuickCatalogue(catalogue, 1, "true");
  const tests = Array.from(
    { length: TESTS },
    (_, index) => `  - { name: test ${index}, command: "test ${index} = ${index}" }\n`,
  );
  writeFileSync(
    join(catalogue, "images", base, "image.yaml"),
    `${call("cat", [join(catalogue, "images", base, "image.yaml")])}tests:\n${tests.join("")}`,
  );
  const places = new Map([...programs.keys()].map((name) => [name, freshPlace(join(directory, name))]));
  const build = (name: string) => buildAll(catalogue, places.get(name) as Place, programs.get(name) as string);
  let round = 0;
  try {
    for (const name of programs.keys()) build(name);
    const change = () => {
      round += 1;
      mkdirSync(join(catalogue, "images/leaf"), { recursive: true });
      writeFileSync(join(catalogue, "images/leaf/file"), String(round));
      writeFileSync(
        join(catalogue, "images/leaf/image.yaml"),
        `name: leaf\nversion: "1.0"\nparent: ${base}\nartifacts: [{ path: file, dest: /srv/ }]\n`,
      );
    };
    return thereAndBack(
      [...programs.keys()].map((name) => ({ name, prepare: change, run: () => void build(name) })),
      TESTED_ROUNDS,
    );
  } finally {
    for (const place of places.values()) removePlace(place);
  }
}

function measureReference(directory: string, programs: Programs): Samples {
  const catalogue = join(directory, "catalogue");
  writeCatalogue(catalogue);
  const packages = join(directory, "packages");
  let place = freshPlace(join(directory, "place"));
  const imageIds = new Map<string, string>();
  try {
    slipway(["lock"], { cwd: catalogue, ...place });
    cpSync(join(place.state, "cache", "packages"), packages, { recursive: true });
    return thereAndBack(
      [...programs].map(([name, cli]) => ({
        name,
        prepare: () => {
          place = freshPlace(join(directory, "place"));
          mkdirSync(join(place.state, "cache"), { recursive: true });
          cpSync(packages, join(place.state, "cache", "packages"), { recursive: true });
        },
        run: () => {
          for (const { image, imageId } of buildAll(catalogue, place, cli)) {
            if ((imageIds.get(image) ?? imageId) !== imageId) throw new Error(`${image} has another image ID`);
            imageIds.set(image, imageId);
          }
        },
      })),
      ROUNDS,
    );
  } finally {
    removePlace(place);
  }
}

function buildAll(catalogue: string, place: Place, cli: string) {
  const results = buildJson([], { cwd: catalogue, cli, ...place });
  const failed = results.filter(({ outcome }) => !["built", "unchanged"].includes(outcome)).map(({ image }) => image);
  if (results.length === 0 || failed.length > 0) throw new Error(`not built: ${failed.join(", ")}`);
  return results;
}
