import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { call, thereAndBack } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import { buildJson, PROJECT, slipway } from "./slipway.js";
import { freshPlace, type Place, removePlace } from "./storage.js";

const ROUNDS = 1;
const OPEN = "no lockfile";
const LOCKED = "locked, files in the cache";

/** The files and folders that make up the reference catalogue. */
const PARTS = ["slipway.yaml", "catalog", "images", "policies"];

/** Builds and publishes the whole reference catalogue from scratch, with and without a lockfile. Needs root and a package mirror. */
export const locked: Part = {
  title: "Building with slipway.lock",
  run({ directory, say }) {
    const open = join(directory, "open");
    writeCatalogue(open);
    const withLock = join(directory, "locked");
    cpSync(open, withLock, { recursive: true });
    const packages = join(directory, "packages");
    let place: Place = freshPlace(join(directory, "place"));
    const fresh = () => {
      place = freshPlace(join(directory, "place"));
    };
    try {
      slipway(["lock"], { cwd: withLock, ...place });
      cpSync(join(place.state, "cache", "packages"), packages, { recursive: true });
      say("packages locked");
      const samples = thereAndBack(
        [
          { name: OPEN, prepare: fresh, run: () => buildAll(open, place) },
          {
            name: LOCKED,
            prepare: () => {
              fresh();
              mkdirSync(join(place.state, "cache"), { recursive: true });
              cpSync(packages, join(place.state, "cache", "packages"), { recursive: true });
            },
            run: () => buildAll(withLock, place),
          },
        ],
        ROUNDS,
      );
      const rows = [OPEN, LOCKED].map((name) => [
        name,
        times(1 / samples.ratio(name, OPEN)),
        milliseconds(samples.median(name)),
      ]);
      return { intro: INTRO, tables: [table(["", "speed-up", "time"], rows)] };
    } finally {
      removePlace(place);
    }
  },
};

const INTRO =
  `The reference catalogue, from an empty storage and registry to everything built, tested and published. ` +
  "Locked: the package files are in the cache, and the network is off.";

export function writeCatalogue(directory: string): void {
  for (const part of PARTS) {
    if (existsSync(join(PROJECT, part))) cpSync(join(PROJECT, part), join(directory, part), { recursive: true });
  }
  call("git", ["init", "--quiet"], { cwd: directory });
  call("git", ["add", "--all"], { cwd: directory });
}

function buildAll(catalogue: string, place: Place): void {
  const results = buildJson([], { cwd: catalogue, ...place });
  const failed = results.filter(({ outcome }) => outcome !== "built").map(({ image }) => image);
  if (results.length === 0 || failed.length > 0) throw new Error(`not built: ${failed.join(", ")}`);
}
