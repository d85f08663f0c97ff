import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestCatalogue } from "../catalogue.js";
import { checkLayout, describeImage, layoutLeftovers, layoutTags } from "../layout.js";
import { mountsBelow, unmount } from "../mounts.js";
import { removeTree } from "../remove-tree.js";
import { type Running, signalGroup } from "../slipway-process.js";
import { buildahIn, containersIn, processesOf, type Workspace } from "../workspace.js";

/** Milliseconds after which a run hangs. */
const HANG = 120_000;

/** Images that are built together with `base`: with a command and tests, and without both, which takes half the time. */
export const ALL: readonly string[] = ["tools", "side"];
export const QUICK: readonly string[] = ["side"];

/** How one run of Slipway ended. */
export interface Ended {
  /** null: it was killed. */
  readonly code: number | null;
  readonly said: string;
  readonly hangs: boolean;
}

export interface Start {
  readonly state?: string;
  readonly registry?: readonly string[];
  /** Left out: all of them are built. */
  readonly images?: readonly string[];
  /** Instead of a build. */
  readonly command?: readonly string[];
}

/** A state directory and a registry beside one catalogue. */
export class Site {
  readonly state: string;
  readonly registry: string;

  /** What the registry has after an undisturbed run. */
  readonly expected: Readonly<Record<string, string>>;

  /** `content`: what a registry has after an undisturbed run of all images. */
  constructor(
    readonly catalogue: TestCatalogue,
    content: Readonly<Record<string, string>>,
    readonly directory: string,
    readonly images = ALL,
  ) {
    const isOwn = (ref: string) => ["base", ...images].includes(ref.split(":")[0] ?? "");
    this.expected = Object.fromEntries(Object.entries(content).filter(([ref]) => isOwn(ref)));
    this.state = join(directory, "state");
    this.registry = join(directory, "registry");
  }

  get workspace(): Workspace {
    return this.catalogue.workspace;
  }

  /** `registry`: its reference, and options for it. */
  start({
    state = this.state,
    registry = [`oci:${this.registry}`],
    images = this.images,
    command,
  }: Start = {}): Running {
    // A registry that does not answer is given less time, so that a round takes less.
    const env = { ...this.workspace.env, SLIPWAY_STATE: state, SLIPWAY_REGISTRY_TIMEOUT: "3" };
    return this.catalogue.start([...(command ?? ["build", ...images]), "--registry", ...registry], {
      env,
      group: true,
    });
  }

  /** Runs to the end, or until it has hung for two minutes. */
  async run(running = this.start()): Promise<Ended> {
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      signalGroup(running, "SIGKILL");
    }, HANG);
    const { code, stdout, stderr } = await running.ended;
    clearTimeout(timer);
    return { code, said: stdout + stderr, hangs };
  }

  /** Starts over: without a registry, or without the state as well. */
  async reset(what: "registry" | "everything"): Promise<void> {
    await removeTree(this.registry);
    if (what === "registry") return;
    await this.workspace.clear(this.state);
    for (const mount of await mountsBelow(this.directory)) await unmount(mount);
    await removeTree(this.directory);
    await mkdir(this.directory, { recursive: true });
  }

  /**
   * What is wrong with the registry right now: each tag names a complete image, the same as after an undisturbed run. `isFlipped`: bits of
   * its index have been flipped, which may give it names that nobody knows.
   */
  wrongTags(isFlipped = false): string[] {
    if (!existsSync(join(this.registry, "index.json"))) return [];
    try {
      checkLayout(this.registry);
      const wrong = [...layoutTags(this.registry, isFlipped)].filter(([name, { imageId, digest }]) => {
        const expected = this.expected[name];
        return expected === undefined ? !isFlipped : expected !== `${imageId} ${digest}`;
      });
      const first = wrong[0]?.[1].digest;
      const what = first === undefined ? [] : [describeImage(this.registry, first)];
      return [...wrong.map(([name, { imageId }]) => `${name} is ${imageId}`), ...what];
    } catch (error) {
      return [`the registry is damaged: ${error instanceof Error ? error.message : error}`];
    }
  }

  /** What is wrong with the registry after a run that has succeeded. */
  wrongEnd(isFlipped = false): string[] {
    const wrong = this.wrongTags(isFlipped);
    if (wrong.length > 0) return wrong;
    const there = layoutTags(this.registry, isFlipped);
    return Object.keys(this.expected)
      .filter((name) => !there.has(name))
      .map((name) => `${name} is missing`);
  }

  /** What killed runs have left behind. */
  async leftovers(): Promise<string[]> {
    const storage = join(this.state, "storage");
    const published = new Set([...layoutTags(this.registry).values()].map(({ imageId }) => imageId));
    const images = (await buildahIn(storage, "images", "--all", "--quiet", "--no-trunc")).split("\n");
    return [
      ...layoutLeftovers(this.registry),
      ...(await readdir(join(this.state, "tmp"))),
      ...(await temporaryFiles(this.state)),
      ...images.filter((id) => id !== "" && !published.has(id)).map((id) => `unfinished image ${id}`),
      ...(await buildahIn(storage, "containers", "--quiet")).split("\n").filter((id) => id !== ""),
      ...(await mountsBelow(storage)).filter((mount) => mount.endsWith("/merged")),
      ...(await processesOf(this.state)),
      ...(await containersIn(join(this.state, "tmp"))),
    ].map((left) => `left behind: ${left}`);
  }
}

/** Files that were to be renamed. */
async function temporaryFiles(state: string): Promise<string[]> {
  const found = await readdir(state, { recursive: true });
  return found.filter((name) => !name.startsWith("storage/") && /\.slipway-[0-9a-f]{12}$/.test(name));
}

/** What a person could not understand about how a run ended; `codes` are those that it may end with. */
export function unclear({ code, said, hangs }: Ended, codes: readonly number[]): string[] {
  if (hangs) return ["it hangs"];
  const problems: string[] = [];
  if (/this is a bug/.test(said)) problems.push("it says that it is a bug");
  if (/^ {4}at .*\.js:\d+/m.test(said)) problems.push("it prints a stack trace");
  if (code === null || !codes.includes(code)) problems.push(`exit code ${code}`);
  if (code !== 0 && code !== null && !/failed: |slipway: |interrupted|damaged/.test(said))
    problems.push("it does not say why it failed");
  return problems.map((problem) => `${problem}\n${said}`);
}
