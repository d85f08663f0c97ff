import { mkdir } from "node:fs/promises";
import { TestCatalogue } from "../catalogue.js";
import { startDockerRegistry } from "../docker-registry.js";
import { layoutContent } from "../layout.js";
import { startFaultyRegistry } from "../registry-faults.js";
import { Workspace } from "../workspace.js";
import { Random } from "./random.js";
import { type Registries, registryRound } from "./registry-round.js";
import { buildersRound, damageRound, diskRound, killRound, type Round } from "./rounds.js";
import { ALL, QUICK, Site } from "./site.js";

export const KINDS = ["kills", "registry", "disks", "damage", "builders"] as const;
export type Kind = (typeof KINDS)[number];

/** Each top directory of a base image costs an instruction. Mount points that are missing here are made by the first RUN. */
const LEAN = Object.fromEntries(
  ["dev", "media", "proc", "run", "sys", "tmp"].map((name) => [`images/base/rootfs/${name}/.keep`, null]),
);

/** What has been found so far for one kind of fault. */
export interface Tally {
  rounds: number;
  faults: number;
  errors: number;
  /** Rounds with a problem. */
  bad: number;
}

export interface SoakOptions {
  readonly seed: number;
  readonly kinds: readonly Kind[];
  /** Whether a further round is wanted. */
  readonly goesOn: (tallies: ReadonlyMap<Kind, Tally>) => boolean;
  /** Is told each problem, with the seed of its round. */
  readonly problem: (kind: Kind, seed: number, text: string) => void;
}

/**
 * Builds a small catalogue again and again with faults at random moments, and judges by how it ends: the same registry as after an
 * undisturbed run or a clear error, nothing hangs, nothing is left behind. A round with the same seed starts with the same choices;
 * what a kill meets depends on the machine as well.
 */
export async function soak({ seed, kinds, goesOn, problem }: SoakOptions): Promise<ReadonlyMap<Kind, Tally>> {
  const workspace = await Workspace.create();
  let registries: StartedRegistries | undefined;
  try {
    const catalogue = await TestCatalogue.create(workspace, "catalogue", LEAN);
    const { expected, undisturbed } = await undisturbedRun(workspace, catalogue);
    const tallies = new Map<Kind, Tally>(kinds.map((kind) => [kind, { rounds: 0, faults: 0, errors: 0, bad: 0 }]));
    const imagesOf = (kind: Kind) => (kind === "disks" || kind === "registry" ? QUICK : ALL);
    const site = (kind: Kind) => new Site(catalogue, expected, workspace.path(kind), imagesOf(kind));
    const sites = new Map(kinds.map((kind) => [kind, site(kind)]));
    registries = kinds.includes("registry") ? await startRegistries() : undefined;
    const rounds: Readonly<Record<Kind, (site: Site, random: Random, round: number) => Promise<Round>>> = {
      registry: (at, random, round) => registryRound(at, random, registries as StartedRegistries, round),
      kills: (at, random) => killRound(at, random, undisturbed),
      disks: diskRound,
      damage: damageRound,
      builders: (at, random) => buildersRound(at, random, undisturbed),
    };
    for (let round = 0; goesOn(tallies); round += 1) {
      const kind = kinds[round % kinds.length] as Kind;
      const own = seed + round;
      const at = sites.get(kind) as Site;
      await mkdir(at.directory, { recursive: true });
      const { faults, errors, problems } = await rounds[kind](at, new Random(own), round);
      const tally = tallies.get(kind) as Tally;
      tally.rounds += 1;
      tally.faults += faults;
      tally.errors += errors;
      if (problems.length > 0) tally.bad += 1;
      for (const text of problems) problem(kind, own, text);
    }
    return tallies;
  } finally {
    await registries?.stop();
    await workspace.remove();
  }
}

type StartedRegistries = Registries & { readonly stop: () => Promise<void> };

async function startRegistries(): Promise<StartedRegistries> {
  const server = await startDockerRegistry();
  const proxy = await startFaultyRegistry({ upstream: server.host });
  const stop = async () => {
    await proxy.stop();
    await server.stop();
  };
  return { host: server.host, proxy, stop };
}

async function undisturbedRun(workspace: Workspace, catalogue: TestCatalogue) {
  const site = new Site(catalogue, {}, workspace.path("undisturbed"));
  await mkdir(site.directory);
  const started = performance.now();
  const { code, said } = await site.run();
  if (code !== 0) throw new Error(`the undisturbed run failed:\n${said}`);
  return { expected: layoutContent(site.registry), undisturbed: performance.now() - started };
}
