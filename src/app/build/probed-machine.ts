import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Context, stateRoot, storageRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { Settings } from "../../model/catalogue.js";
import type { Finding } from "../../model/finding.js";
import { quote } from "../../model/quote.js";
import { registryTimeout } from "../../model/registry-timeout.js";
import type { BuildSystem } from "../../run/build-system.js";
import { type Buildah, createBuildah } from "../../run/buildah.js";
import { cleanUp, findLeftovers } from "../../run/clean-up.js";
import { withPatientRuntime } from "../../run/patient-runtime.js";
import { type Probed, type ProbeRequest, probe, probeOnce, runrootFor } from "../../run/probe.js";
import { neededPrograms } from "../../run/probe-programs.js";
import { openStateDirectory, type StateDirectory } from "../../run/state-directory.js";
import { foundDamage } from "../../run/storage-marks.js";
import { wipeStorage } from "../../run/wipe-storage.js";
import { makeDirectory } from "../../system/make-directory.js";
import { fullDisk } from "./disk-space.js";
import { leftFindings } from "./left-behind.js";
import { enter, enterAlone, type Presence } from "./presence.js";

type IsolationSettings = Pick<Settings, "builderIsolation">;

export interface ProbedMachine {
  readonly state: StateDirectory;
  readonly probed: Probed;
  /** What killed runs have left behind; nothing where it cannot be told, because another run is present. */
  readonly left: readonly Finding[];
}

/** Finds out what this machine has for building, whatever an earlier probe has found. */
export async function probeMachine(context: Context, settings: IsolationSettings): Promise<ProbedMachine> {
  const state = await openState(context);
  const request = requestFor(context, state, settings);
  // Without programs such as flock(1) nothing is tried.
  if (neededPrograms().length > 0) return { state, probed: await probe(request), left: [] };
  // What a probe tries is not removed by another run while this one is present.
  const presence = await enter(state, context.signal);
  try {
    const probed = await probe(request);
    if (!presence.isAlone || probed.system === undefined) return { state, probed, left: [] };
    const left = leftFindings(await findLeftovers(createBuildah(probed.system, state.temporary), state));
    return { state, probed, left };
  } finally {
    await presence.leave();
  }
}

export interface ReadyMachine {
  readonly state: StateDirectory;
  readonly buildah: Buildah;
  readonly presence: Presence;
}

/**
 * Enters the state directory of a machine that can build; where no other run is present, removes what killed runs have left behind.
 * Otherwise fails with exit code 4, naming what is missing.
 */
export async function enterMachine(context: Context, settings: IsolationSettings): Promise<ReadyMachine> {
  const state = await openState(context);
  const request = requestFor(context, state, settings);
  if (neededPrograms().length > 0) throw cannotBuild(state, await probe(request));
  const presence = await enter(state, context.signal);
  try {
    const system = presence.isAlone ? await prepare(context, state, request) : await requireSystem(state, request);
    await presence.share();
    const patient = await withPatientRuntime(system, state);
    return { state, buildah: createBuildah(patient, state.temporary, registryTimeout(context.env)), presence };
  } catch (error) {
    await presence.leave();
    throw error;
  }
}

/** Removes leftovers where no other run is present; does nothing otherwise. */
export async function cleanUpAlone(state: StateDirectory, buildah: Buildah, signal: AbortSignal): Promise<void> {
  const alone = await enterAlone(state, signal);
  if (alone === undefined) return;
  try {
    await cleanUp(buildah, state);
  } finally {
    await alone.leave();
  }
}

/** In the state directory: what the last probe has found. */
const PROBE = "probe.json";

/** A storage that cannot be used is made anew where it is Slipway's own: everything in it follows from the registry. */
async function prepare(context: Context, state: StateDirectory, request: ProbeRequest): Promise<BuildSystem> {
  const system = await requireSystem(state, request);
  const damage = (await foundDamage(state.storage)) ?? (await cleanUp(createBuildah(system, state.temporary), state));
  if (damage === undefined) return system;
  context.signal.throwIfAborted();
  if (!state.storage.startsWith(`${state.root}/`))
    throw new CommandError(
      EXIT.unavailable,
      `Buildah cannot use the storage ${state.storage}: ${damage}`,
      "move it away, or name another one by SLIPWAY_STORAGE: its images are fetched or built again",
    );
  context.note(`The local storage is made anew, because it cannot be used: ${damage}\n`);
  await wipeStorage(state.storage, request.runroot);
  makeDirectory(request.runroot, 0o700);
  return system;
}

async function requireSystem(state: StateDirectory, request: ProbeRequest): Promise<BuildSystem> {
  const probed = await probeOnce(request, join(state.root, PROBE));
  if (probed.system === undefined) throw cannotBuild(state, probed);
  return probed.system;
}

/** A full disk explains whatever could not be tried. */
function cannotBuild({ root, storage }: StateDirectory, { findings }: Pick<Probed, "findings">): CommandError {
  const full = fullDisk([root, storage]);
  if (full !== undefined) return new CommandError(EXIT.unavailable, full, "make room; slipway doctor says more");
  const missing = findings
    .filter(({ ok }) => !ok)
    .map(({ what, found, advice }) => `${what}: ${found}${advice ? `; ${advice}` : ""}`);
  const message = `this machine cannot build images: ${missing.join(" · ")}`;
  return new CommandError(EXIT.unavailable, message, "slipway doctor says more");
}

/** Buildah ends a path at these, in `--volume`, `--file` and the options of mounts, and has no way to quote them in all of these. */
const UNUSABLE = /[,:"\n]/;

function refuseForBuildah(what: string, path: string, variable: string): void {
  const [character] = UNUSABLE.exec(path) ?? [];
  if (character === undefined) return;
  const name = character === "\n" ? "a line feed" : quote(character);
  const message = `${what} ${JSON.stringify(path)} has ${name} in its path, at which Buildah would cut it off`;
  throw new CommandError(EXIT.usage, message, `set ${variable} to another directory`);
}

async function openState(context: Context): Promise<StateDirectory> {
  refuseForBuildah("the state directory", stateRoot(context), "SLIPWAY_STATE");
  refuseForBuildah("the storage", storageRoot(context) ?? "", "SLIPWAY_STORAGE");
  return openStateDirectory(stateRoot(context), storageRoot(context));
}

function requestFor(
  context: Context,
  { storage, temporary }: StateDirectory,
  settings: IsolationSettings,
): ProbeRequest {
  // Two storages must not share a runroot; sockets and mounts in it need a short path.
  const runroot = runrootFor(createHash("sha256").update(storage).digest("hex").slice(0, 12), context.env);
  const isolation =
    context.isolation === undefined
      ? { kind: settings.builderIsolation, by: "slipway.yaml" }
      : { kind: context.isolation, by: "--isolation" };
  return { storage, runroot, temporary, isolation, signal: context.signal };
}
