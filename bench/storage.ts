import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runrootFor } from "../src/run/probe.js";
import { call } from "./measure.js";

/** Where one contestant keeps all it makes. */
export interface Place {
  /** SLIPWAY_STATE; the storage of the shell loop is in it as well. */
  readonly state: string;
  readonly storage: string;
  readonly runroot: string;
  /** The directory of an OCI layout. */
  readonly layout: string;
}

/** An empty place. What was there before is removed. */
export function freshPlace(directory: string): Place {
  const state = join(directory, "state");
  const storage = join(state, "storage");
  // As src/app/build/workshop.ts has it, so that a shell loop can go on in Slipway's storage, and it can be removed afterwards.
  const runroot = runrootFor(createHash("sha256").update(storage).digest("hex").slice(0, 12), process.env);
  const place = { state, storage, runroot, layout: join(directory, "layout") };
  removePlace(place);
  mkdirSync(state, { recursive: true });
  mkdirSync(runroot, { recursive: true });
  return place;
}

/** Removes a place. Buildah leaves its storage mounted upon itself, and what is mounted cannot be removed. */
export function removePlace({ state, runroot, layout }: Place): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${state}/`) || path.startsWith(`${runroot}/`));
  for (const path of mounts.reverse()) call("umount", [path]);
  for (const path of [state, runroot, layout]) rmSync(path, { recursive: true, force: true });
}
