import { createHash } from "node:crypto";
import type { Desired } from "../../src/model/desired.js";
import type { Inventory } from "../../src/model/inventory.js";
import type { Digest, ImageName } from "../../src/model/names.js";
import type { BuildResult } from "../../src/model/plan.js";
import type { LocalImage } from "../../src/model/registry.js";
import { findEach, keyOf, observe, observeAll } from "../../src/resolve/observe.js";
import { planAgainstRegistry } from "../../src/resolve/plan.js";
import type { BuildJob, Closure, ImageJob, OpenImage, Runner, TestDemands } from "../../src/run/runner.js";
import { runSchedule, type ScheduleEvent, type ScheduleOptions } from "../../src/run/schedule.js";
import type { StepDeps } from "../../src/run/step.js";
import { FakeRegistry } from "./fake-registry.js";

/** An event that a test can wait for and a fake can set off, in either order. */
export class Gate {
  readonly #opened: Promise<void>;
  #open: () => void = () => {};

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  /** Rejects with the signal's reason if that comes first. */
  passed(signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return this.#opened;
    const aborted = new Promise<never>((_, reject) => {
      const stop = () => reject(signal.reason);
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
    return Promise.race([this.#opened, aborted]);
  }
}

/** Builds nothing; a test decides the result of each image, when it ends, and how it fails. */
export class FakeRunner implements Runner {
  readonly journal: string[];
  /** The jobs, in order. */
  readonly builds: BuildJob[] = [];
  readonly tests: (ImageJob & TestDemands)[] = [];
  /** Image IDs by image; by default an ID is derived from the name and the parent's ID. */
  readonly ids = new Map<string, Digest>();
  readonly failures = new Map<string, Error>();
  /** The contents of images; default: nothing. */
  readonly inventories = new Map<string, Inventory>();
  readonly testFailures = new Map<string, Error>();
  active = 0;
  peak = 0;
  readonly #begun = new Map<string, Gate>();
  readonly #held = new Map<string, Gate>();

  constructor(journal: string[]) {
    this.journal = journal;
  }

  /** The build of an image waits until it is released. */
  hold(...names: readonly string[]): void {
    for (const name of names) this.#held.set(name, new Gate());
  }

  release(name: string): void {
    this.#held.get(name)?.open();
  }

  /** Resolves once the build of an image has begun. */
  begun(name: string): Promise<void> {
    return this.#gate(name).passed();
  }

  async resolve({ recipe }: BuildJob): Promise<Closure> {
    return recipe.locked ?? { packages: [] };
  }

  async build(job: BuildJob): Promise<LocalImage> {
    const { name, images, signal } = job;
    this.journal.push(`build ${name}`);
    this.builds.push(job);
    this.active += 1;
    this.peak = Math.max(this.peak, this.active);
    this.#gate(name).open();
    try {
      await this.#held.get(name)?.passed(signal);
    } finally {
      this.active -= 1;
    }
    const failure = this.failures.get(name);
    if (failure) throw failure;
    const derived = createHash("sha256")
      .update(`${name} ${[...images.values()].map(({ imageId }) => imageId).join(" ")}`)
      .digest("hex");
    return { imageId: this.ids.get(name) ?? (`sha256:${derived}` as Digest) };
  }

  async open(job: ImageJob): Promise<OpenImage> {
    return {
      inspect: async () => this.inventories.get(job.name) ?? { packages: [] },
      test: async (demands) => {
        this.journal.push(`test ${job.name}`);
        this.tests.push({ ...job, ...demands });
        const failure = this.testFailures.get(job.name);
        if (failure) throw failure;
      },
      close: async () => {},
    };
  }

  #gate(name: string): Gate {
    const gate = this.#begun.get(name) ?? new Gate();
    this.#begun.set(name, gate);
    return gate;
  }
}

/** Everything a schedule needs, made of fakes that share one journal. */
export function fakeBuild(desired: Desired, registry = new FakeRegistry()) {
  const runner = new FakeRunner(registry.journal);
  const controller = new AbortController();
  const events: ScheduleEvent[] = [];
  const deps: StepDeps = {
    runner,
    registry,
    observe: (image, parents) => observe(findEach(registry), image, keyOf(image, desired, parents)),
    lock: (_key, _signal, action) => action(),
    approve: async () => [],
    check: async () => [],
    describe: async () => {},
  };
  const run = async (options: Partial<ScheduleOptions> = {}, more: Partial<StepDeps> = {}) => {
    const plan = planAgainstRegistry(desired, await observeAll(registry, desired));
    const defaults: ScheduleOptions = {
      desired,
      plan,
      selected: new Set(desired.images.keys()),
      jobs: 4,
      signal: controller.signal,
      logFile: (name) => `/logs/${name}.log`,
      clock: () => 0,
      report: (event) => events.push(event),
    };
    return runSchedule({ ...deps, ...more }, { ...defaults, ...options });
  };
  return { deps, runner, registry, controller, events, run, journal: registry.journal };
}

/** `name outcome` of each result. */
export const outcomes = (results: readonly BuildResult[]) => results.map(({ image, outcome }) => `${image} ${outcome}`);

export const names = (...texts: readonly string[]) => new Set(texts as ImageName[]);
