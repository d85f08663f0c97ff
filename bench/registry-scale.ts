import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { loadDesired } from "../src/app/catalogue/desired.js";
import { openWorkingTree } from "../src/load/git/working-tree.js";
import type { CatalogueState, StateEntry } from "../src/model/catalogue-state.js";
import type { Desired } from "../src/model/desired.js";
import type { Digest, ImageName } from "../src/model/names.js";
import { openRegistry } from "../src/registry/open.js";
import { builtInTemplates } from "../src/render/templates.js";
import { keyOf } from "../src/resolve/observe.js";
import { tagsOf } from "../src/resolve/tags.js";
import { type MemoryRegistry, startMemoryRegistry } from "../test/support/memory-registry.js";
import { generateRepository } from "./generate-catalogue.js";
import { call } from "./measure.js";
import type { Part } from "./part.js";
import { milliseconds, table, times } from "./report.js";
import { CLI } from "./slipway.js";

const SIZES = [200, 2000, 10_000];
const LATENCIES = [0, 50];
const ROUNDS = 3;
/** Questions about all of 10,000 images take minutes at 50 ms. */
const MOST_QUESTIONS = 10_000 * 50;
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** How many requests a plan against a registry makes, and how long it takes, where nothing has changed. */
export const registryScale: Part = {
  title: "Plan against a registry",
  async run({ directory, say }) {
    const rows: string[][] = [];
    for (const count of SIZES) {
      const repository = join(directory, `catalogue-${count}`);
      generateRepository(repository, count);
      call("git", ["checkout", "--quiet", "main"], { cwd: repository });
      const { desired } = await loadDesired(await openWorkingTree(repository), builtInTemplates(), TODAY);
      for (const latency of LATENCIES) {
        rows.push(await measured({ repository, desired, count, latency }));
        say(rows.at(-1)?.join(" · ") ?? "");
      }
    }
    return { intro: INTRO, tables: [table(HEADINGS, rows)] };
  },
};

const TODAY = { today: "2026-01-01" };

interface Case {
  readonly repository: string;
  readonly desired: Desired;
  readonly count: number;
  /** Milliseconds. */
  readonly latency: number;
}

interface Run {
  readonly requests: number;
  readonly milliseconds: number;
}

async function measured({ repository, desired, count, latency }: Case): Promise<string[]> {
  const registry = await startMemoryRegistry(latency);
  try {
    const state = fill(registry, desired);
    const known = openRegistry(`docker://${registry.host}/team`, {
      ...{ tlsVerify: false, cwd: "/", env: {}, buildah: async () => "" },
    });
    await known.state?.change(state, new AbortController().signal);
    const args = ["plan", "--json", "--registry", `docker://${registry.host}/team`, "--tls-verify=false"];
    const run = (more: readonly string[]) => planned(registry, repository, [...args, ...more]);
    const asks = count * latency < MOST_QUESTIONS;
    const runs = { node: [] as Run[], state: [] as Run[], fresh: [] as Run[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      runs.node.push(await timed(registry, repository, ["-e", "0"]));
      runs.state.push(await run([]));
      if (asks) runs.fresh.push(await run(["--fresh"]));
    }
    const [node, warm, fresh] = [median(runs.node), median(runs.state), asks ? median(runs.fresh) : undefined];
    return [
      ...[String(count), `${latency} ms`, String(warm.requests), fresh ? String(fresh.requests) : "–"],
      ...[milliseconds(warm.milliseconds), fresh ? milliseconds(fresh.milliseconds) : "–"],
      ...[times(warm.milliseconds / node.milliseconds), fresh ? times(fresh.milliseconds / warm.milliseconds) : "–"],
    ];
  } finally {
    await registry.stop();
  }
}

/** Publishes every image under all of its tags, without any layers. */
function fill(registry: MemoryRegistry, desired: Desired): CatalogueState {
  const ids = new Map<ImageName, Digest>();
  const state = new Map<ImageName, StateEntry>();
  for (const image of desired.images.values()) {
    const { name, parents, definition } = image.node;
    const key = keyOf(
      image,
      desired,
      parents.map((parent) => ids.get(parent) as Digest),
    );
    const imageId = `sha256:${createHash("sha256").update(key).digest("hex")}` as Digest;
    const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: imageId, size: 2 };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [] }));
    const { key: first, tested, pointers } = tagsOf(definition.version, key, image.testsDigest, image.tags);
    const tags = [first, tested, ...pointers];
    for (const tag of tags) registry.manifests.set(`team/${name} ${tag}`, { bytes, type: MANIFEST });
    ids.set(name, imageId);
    const manifestDigest = `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
    state.set(name, { imageId, manifestDigest, tags });
  }
  return state;
}

function planned(registry: MemoryRegistry, cwd: string, args: readonly string[]): Promise<Run> {
  rmSync(join(cwd, ".slipway"), { recursive: true, force: true });
  return timed(registry, cwd, [CLI, ...args]);
}

/** Asynchronous, because the registry is in this process. */
function timed(registry: MemoryRegistry, cwd: string, args: readonly string[]): Promise<Run> {
  const [started, before] = [performance.now(), registry.seen.length];
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code) => {
      const isRight = code === 0 && (output === "" || JSON.parse(output).steps.length === 0);
      if (!isRight) return reject(new Error(`${args.join(" ")} ended with ${code}: ${output.slice(0, 2000)}`));
      resolve({ requests: registry.seen.length - before, milliseconds: performance.now() - started });
    });
  });
}

const median = (runs: readonly Run[]): Run =>
  [...runs].sort((a, b) => a.milliseconds - b.milliseconds)[Math.floor(runs.length / 2)] as Run;

const INTRO =
  "`slipway plan --registry docker://… --json` on the catalogue of the part `plan`, all of it published under all of its tags in a registry in memory, which waits for " +
  "the latency before each answer. With the state of the catalogue, and with `--fresh`, which asks about every image. Goal: two requests where nothing has changed.";

const HEADINGS = [
  ...["images", "latency", "requests", "requests, `--fresh`", "time", "time, `--fresh`"],
  ...["÷ `node -e 0`", "`--fresh` ÷ state"],
];
