import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, thereAndBack } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import { writeShellLoop } from "./shell-loop.js";
import { buildJson } from "./slipway.js";
import { freshPlace, type Place, removePlace } from "./storage.js";

const ROUNDS = 2;
const BASE = "apt-base";
const SHELL = "shell loop";
const SLIPWAY = "slipway build";

const IMAGES: Readonly<Record<string, readonly string[]>> = {
  "apt-tools": ["curl", "jq"],
  "apt-git": ["git"],
  "apt-python": ["python3", "python3-venv"],
  "apt-database": ["libpq5", "sqlite3"],
  "apt-archive": ["zip", "unzip", "xz-utils"],
  "apt-init": ["tini", "procps"],
};

/** Builds images with Debian packages on a base that was bootstrapped beforehand. Needs root and a package mirror. */
export const aptOverhead: Part = {
  title: "Building images with apt packages",
  run({ directory, say }) {
    const catalogue = join(directory, "catalogue");
    writeCatalogue(catalogue);
    const loop = writeShellLoop(join(directory, "loop"), catalogue, Object.keys(IMAGES));
    let place: Place = freshPlace(join(directory, "place"));
    const bootstrap = () => {
      place = freshPlace(join(directory, "place"));
      const [base] = buildJson([BASE], { cwd: catalogue, ...place });
      const storage = ["--root", place.storage, "--runroot", place.runroot, "--storage-driver", "overlay"];
      call("buildah", [...storage, "tag", `${base?.imageId}`.replace("sha256:", ""), `localhost/${BASE}`]);
      say("base image bootstrapped");
    };
    try {
      const samples = thereAndBack(
        [
          {
            name: SHELL,
            prepare: bootstrap,
            run: () => {
              loop.build(place);
              loop.push(place);
            },
          },
          { name: SLIPWAY, prepare: bootstrap, run: () => buildAll(catalogue, place) },
        ],
        ROUNDS,
      );
      const rows = [SHELL, SLIPWAY].map((name) => [
        name,
        times(1 / samples.ratio(name, SHELL)),
        milliseconds(samples.median(name)),
      ]);
      return { intro: INTRO, tables: [table(["", "speed-up", "time"], rows)] };
    } finally {
      removePlace(place);
    }
  },
};

const INTRO =
  `${Object.keys(IMAGES).length} images of one to three Debian packages each on one bootstrapped base, no tests. Slipway shares ` +
  "package lists and downloads between builds and runs as many as there are cores. Goal: at least 2 × faster.";

function buildAll(catalogue: string, place: Place): void {
  const results = buildJson([], { cwd: catalogue, ...place });
  const built = results.filter(({ outcome }) => outcome === "built").length;
  if (built !== Object.keys(IMAGES).length) throw new Error(`${built} images were built`);
}

function writeCatalogue(directory: string): void {
  const packages = Object.values(IMAGES).flat();
  const files: Record<string, string> = {
    "slipway.yaml": "kind: Settings\nplatforms: [linux/amd64]\n",
    "catalog/system/debian.yaml": `kind: SystemPackages\nos: debian\npackages: [${packages.map((name) => `{ name: ${name} }`).join(", ")}]\n`,
    [`images/${BASE}/image.yaml`]: `kind: BaseImage\nname: ${BASE}\nversion: "1.0"\nos: debian\nbootstrap: { manager: apt, suite: bookworm }\n`,
  };
  for (const [name, own] of Object.entries(IMAGES)) {
    files[`images/${name}/image.yaml`] =
      `name: ${name}\nversion: "1.0"\nparent: ${BASE}\nsystem-packages: [${own.join(", ")}]\n`;
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
