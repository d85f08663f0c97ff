import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Context, stateRoot, storageRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { Settings } from "../../model/catalogue.js";
import { quote } from "../../model/quote.js";
import type { BuildSystem } from "../../run/build-system.js";
import { probe, probeOnce, runrootFor } from "../../run/probe.js";
import { openStateDirectory, type StateDirectory } from "../../run/state-directory.js";

type IsolationSettings = Pick<Settings, "builderIsolation">;

export interface ProbeOptions {
  readonly settings: IsolationSettings;
  /** true: the result of an earlier probe does not count. */
  readonly fresh: boolean;
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

/** Finds out what this machine has for building. */
export async function probeMachine(context: Context, { settings, fresh }: ProbeOptions) {
  refuseForBuildah("the state directory", stateRoot(context), "SLIPWAY_STATE");
  refuseForBuildah("the storage", storageRoot(context) ?? "", "SLIPWAY_STORAGE");
  const state = await openStateDirectory(stateRoot(context), storageRoot(context));
  // Two storages must not share a runroot; sockets and mounts in it need a short path.
  const runroot = runrootFor(createHash("sha256").update(state.storage).digest("hex").slice(0, 12), context.env);
  const isolation =
    context.isolation === undefined
      ? { kind: settings.builderIsolation, by: "slipway.yaml" }
      : { kind: context.isolation, by: "--isolation" };
  const request = { storage: state.storage, runroot, isolation };
  const probed = fresh ? await probe(request) : await probeOnce(request, join(state.root, "probe.json"));
  return { state, probed };
}

export interface ReadyMachine {
  readonly state: StateDirectory;
  readonly system: BuildSystem;
}

/** Requires that this machine can build. Otherwise fails with exit code 4, naming what is missing. */
export async function requireMachine(context: Context, settings: IsolationSettings): Promise<ReadyMachine> {
  const { state, probed } = await probeMachine(context, { settings, fresh: false });
  if (probed.system !== undefined) return { state, system: probed.system };
  const missing = probed.findings
    .filter(({ ok }) => !ok)
    .map(({ what, found, advice }) => `${what}: ${found}${advice ? `; ${advice}` : ""}`);
  throw new CommandError(
    EXIT.unavailable,
    `this machine cannot build images: ${missing.join(" · ")}`,
    "slipway doctor says more",
  );
}
