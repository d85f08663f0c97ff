import type { Context } from "../../context.js";
import type { StateEntry } from "../../model/catalogue-state.js";
import type { Digest, ImageName } from "../../model/names.js";
import type { Observation } from "../../model/observation.js";
import type { Plan } from "../../model/plan.js";
import { RegistryError, type StateStore } from "../../model/registry.js";
import { findEach, keyOf, observe } from "../../resolve/observe.js";
import { isCurrent } from "../../run/step.js";
import { encodeSnapshot, makeSnapshot, type RegistryPlan } from "../plan/plan.js";

/** Writes the state of the catalogue into the registry that a run publishes to (model/catalogue-state.ts). */
export interface StateWriter {
  /** Before any tag moves: nothing is known of what the plan is about to change. */
  forget(plan: Plan): Promise<void>;
  /** Afterwards: what was up to date, what the registry has now of the images that this run has made, and the snapshot of their commit. */
  record(): Promise<void>;
}

/**
 * Nothing depends on it, so a registry that refuses the state is told of once and the run goes on. After an interruption nothing is
 * recorded, and what was forgotten costs questions.
 */
export function createStateWriter(
  planned: RegistryPlan,
  { signal, note, today }: Pick<Context, "signal" | "note" | "today">,
): StateWriter {
  const { registry, against, observations } = planned;
  let isRefused = false;
  const made = new Set<ImageName>();
  const write = async (action: (state: StateStore) => Promise<void>) => {
    if (registry.state === undefined || isRefused || signal.aborted) return;
    try {
      await action(registry.state);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RegistryError)) throw error;
      isRefused = true;
      // Whoever may only read has published nothing that the state lacks.
      if (made.size > 0) note(`slipway: the state of the catalogue in ${against} was not written: ${error.message}\n`);
    }
  };
  return {
    forget: ({ steps }) => {
      for (const { image } of steps) made.add(image);
      return write(async (state) => {
        if (made.size > 0) await state.change(new Map([...made].map((name) => [name, undefined])), signal);
      });
    },
    record: () =>
      write(async (state) => {
        const changes = await madeEntries(planned, made, signal);
        for (const [name, observation] of observations) {
          // Where an image is not up to date, what others have written stays.
          const entry = made.has(name) ? undefined : entryOf(observation);
          if (entry !== undefined && !(await state.says(name, entry))) changes.set(name, entry);
        }
        if (changes.size > 0) await state.change(changes, signal);
        // One of an earlier commit is nearly as good.
        const snapshot = made.size > 0 ? makeSnapshot(planned.loaded, today()) : undefined;
        if (snapshot) await state.writeSnapshot(encodeSnapshot(snapshot), signal);
      }),
  };
}

function entryOf(observation: Observation): StateEntry | undefined {
  const { record, tags } = observation;
  if (record === undefined || !isCurrent(observation)) return undefined;
  const { imageId, manifestDigest } = record;
  return { imageId, manifestDigest, tags: [tags.key, tags.tested, ...tags.pointers] };
}

/** Asks about each image once more: the state must say what the registry has, and not what this run believes. */
async function madeEntries(
  { loaded: { desired }, registry, observations }: RegistryPlan,
  made: ReadonlySet<ImageName>,
  signal: AbortSignal,
): Promise<Map<ImageName, StateEntry | undefined>> {
  const ids = new Map<ImageName, Digest>();
  for (const [name, { record }] of observations) if (record && !made.has(name)) ids.set(name, record.imageId);
  const entries = new Map<ImageName, StateEntry | undefined>();
  for (const image of desired.images.values()) {
    if (!made.has(image.node.name)) continue;
    signal.throwIfAborted();
    const parents = image.node.parents.flatMap((parent) => ids.get(parent) ?? []);
    const isKnown = parents.length === image.node.parents.length;
    const found = isKnown ? await observe(findEach(registry), image, keyOf(image, desired, parents)) : undefined;
    const entry = found && entryOf(found);
    if (found?.record) ids.set(image.node.name, found.record.imageId);
    entries.set(image.node.name, entry);
  }
  return entries;
}
