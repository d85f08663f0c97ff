import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { BuildSystem } from "../../run/build-system.js";
import { probe, probeOnce, runrootFor } from "../../run/probe.js";
import { openStateDirectory, type StateDirectory } from "../../run/state-directory.js";

/** Finds out what this machine has for building; `fresh` ignores what an earlier probe found. */
export async function probeMachine(context: Context, fresh: boolean) {
  const state = await openStateDirectory(stateRoot(context), context.env.SLIPWAY_STORAGE);
  // Runroots must not be shared by two storages; sockets and mounts in them want a short path.
  const runroot = runrootFor(createHash("sha256").update(state.storage).digest("hex").slice(0, 12), context.env);
  const probed = fresh
    ? await probe(state.storage, runroot)
    : await probeOnce(state.storage, runroot, join(state.root, "probe.json"));
  return { state, probed };
}

export interface ReadyMachine {
  readonly state: StateDirectory;
  readonly system: BuildSystem;
}

/** The same for a run that is about to build. Fails with exit code 4 where this machine cannot, naming what is missing. */
export async function requireMachine(context: Context): Promise<ReadyMachine> {
  const { state, probed } = await probeMachine(context, false);
  if (probed.system !== undefined) return { state, system: probed.system };
  const missing = probed.findings
    .filter(({ ok }) => !ok)
    .map(({ what, found, advice }) => `${what}: ${found}${advice ? `; ${advice}` : ""}`);
  throw new CommandError(
    EXIT.unavailable,
    `this machine cannot build images: ${missing.join(" · ")}`,
    "slipway doctor tells more",
  );
}
