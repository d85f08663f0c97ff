import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkBuiltFiles } from "../src/app/build/file-check.js";
import { openWorkshop, type Workshop } from "../src/app/build/workshop.js";
import { loadDesired } from "../src/app/catalogue/desired.js";
import type { Context } from "../src/context.js";
import { openWorkingTree } from "../src/load/git/working-tree.js";
import type { DesiredImage } from "../src/model/desired.js";
import type { ImageName } from "../src/model/names.js";
import { builtInTemplates } from "../src/render/templates.js";
import type { BuildJob, Closure, SourceImage } from "../src/run/runner.js";
import { call, Samples } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";

const ROUNDS = 4;
const BASE = "base";
const WITHOUT = "the build alone";
const WITH = "with accounting";

/** Images by what they install; one of them has `setup`, which makes accounting look between the steps. */
const IMAGES: Readonly<Record<string, { readonly packages: readonly string[]; readonly setup?: string }>> = {
  tools: { packages: ["curl", "jq"] },
  python: { packages: ["python3", "python3-venv"] },
  service: { packages: ["nginx-light"], setup: "mkdir -p /srv/www && echo hello > /srv/www/index.html" },
};

/** What it costs to say what made each file of an image. Needs root and a package mirror. */
export const accounting: Part = {
  title: "Accounting for files",
  async run({ directory, say }) {
    const catalogue = join(directory, "catalogue");
    writeCatalogue(catalogue);
    const samples = new Map<string, Samples>();
    const bench = await openBench(catalogue, join(directory, "state"));
    try {
      const base = await bench.build(BASE, new Map(), true);
      say("base image bootstrapped");
      const images = new Map([[BASE as ImageName, { imageId: base, base: { imageId: base } }]]);
      for (const name of Object.keys(IMAGES)) {
        const own = new Samples();
        // The first build resolves, and reads what only a first build reads.
        await bench.build(name, images, true);
        for (let round = 0; round < ROUNDS; round++)
          for (const isAccounted of round % 2 === 0 ? [false, true] : [true, false]) {
            const started = performance.now();
            await bench.build(name, images, isAccounted);
            own.add(isAccounted ? WITH : WITHOUT, performance.now() - started);
          }
        samples.set(name, own);
        say(`${name} measured`);
      }
    } finally {
      await bench.close();
    }
    const rows = [...samples].map(([name, own]) => [
      name,
      times(own.ratio(WITH, WITHOUT)),
      milliseconds(own.median(WITHOUT)),
      milliseconds(own.median(WITH)),
    ]);
    return { intro: INTRO, tables: [table(["", "ratio", WITHOUT, WITH], rows)] };
  },
};

const INTRO =
  "Images of Debian packages on a bootstrapped base, without resolving, tests and publishing; the packages have been read before. Goal: accounting " +
  "costs at most a tenth of a build. `service` has `setup`: each of its steps is looked at before and after, which takes the same time however short the build is.";

interface Bench {
  build(
    name: string,
    images: ReadonlyMap<ImageName, SourceImage>,
    isAccounted: boolean,
  ): Promise<SourceImage["imageId"]>;
  close(): Promise<void>;
}

async function openBench(catalogue: string, state: string): Promise<Bench> {
  const { signal } = new AbortController();
  const loaded = await loadDesired(await openWorkingTree(catalogue), builtInTemplates(), { today: "2026-01-01" });
  const env = { ...process.env, SLIPWAY_STATE: state };
  const context = { catalogue, env, signal, today: () => "2026-01-01" } as unknown as Context;
  mkdirSync(join(state, "logs"), { recursive: true });
  const workshops = {
    plain: await openWorkshop(context, loaded, { accounts: false }),
    full: await openWorkshop(context, loaded),
  };
  const closures = new Map<string, Closure>();
  return {
    async build(name, images, isAccounted) {
      const workshop = isAccounted ? workshops.full : workshops.plain;
      const image = loaded.desired.images.get(name as ImageName) as DesiredImage;
      const job = jobOf(image, { state, images, signal });
      const closure = closures.get(name) ?? (await workshop.runner.resolve(job));
      closures.set(name, closure);
      const local = await buildClosed(workshop, job, closure);
      const built = {
        image,
        parents: [],
        log: job.log,
        signal,
        inventory: { packages: [] },
        closure: closure.packages,
      };
      if (isAccounted) await checkBuiltFiles({ context, loaded, base: undefined }, { ...built, ...local });
      return local.imageId;
    },
    async close() {
      await workshops.plain.close();
      await workshops.full.close();
    },
  };
}

interface Surroundings {
  readonly state: string;
  readonly images: ReadonlyMap<ImageName, SourceImage>;
  readonly signal: AbortSignal;
}

function jobOf({ node, recipe }: DesiredImage, { state, images, signal }: Surroundings): BuildJob {
  const log = join(state, "logs", `${node.name}.log`);
  return { name: node.name, log, signal, recipe, platform: node.platform, images };
}

const buildClosed = ({ runner }: Workshop, job: BuildJob, { packages, rootfs }: Closure) =>
  runner.build({
    ...job,
    recipe: { ...job.recipe, locked: { packages } },
    ...(rootfs === undefined ? {} : { rootfs }),
  });

function writeCatalogue(directory: string): void {
  const packages = Object.values(IMAGES).flatMap((image) => image.packages);
  const files: Record<string, string> = {
    "slipway.yaml": "kind: Settings\nplatforms: [linux/amd64]\n",
    "catalog/system/debian.yaml": `kind: SystemPackages\nos: debian\npackages: [${packages.map((name) => `{ name: ${name} }`).join(", ")}]\n`,
    [`images/${BASE}/image.yaml`]: `kind: BaseImage\nname: ${BASE}\nversion: "1.0"\nos: debian\nbootstrap: { manager: apt, suite: bookworm }\n`,
  };
  for (const [name, { packages: own, setup }] of Object.entries(IMAGES)) {
    const commands = setup === undefined ? "" : `setup: [${JSON.stringify(setup)}]\n`;
    files[`images/${name}/image.yaml`] =
      `name: ${name}\nversion: "1.0"\nparent: ${BASE}\nsystem-packages: [${own.join(", ")}]\n${commands}`;
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  call("git", ["init", "--quiet"], { cwd: directory });
}
