import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runrootFor } from "../src/run/probe.js";
import { call } from "./measure.js";

/** Where one contestant keeps everything it makes. */
export interface Place {
  /** SLIPWAY_STATE; it also contains the storage of the shell loop. */
  readonly state: string;
  readonly storage: string;
  readonly runroot: string;
  /** The directory of an OCI layout. */
  readonly layout: string;
}

/** Makes an empty place, removing what was there before. */
export function freshPlace(directory: string): Place {
  const state = join(directory, "state");
  const storage = join(state, "storage");
  // As in src/app/build/workshop.ts, so that a shell loop can continue in Slipway's storage, and the storage can be removed afterwards.
  const runroot = runrootFor(createHash("sha256").update(storage).digest("hex").slice(0, 12), process.env);
  const place = { state, storage, runroot, layout: join(directory, "layout") };
  removePlace(place);
  mkdirSync(state, { recursive: true });
  mkdirSync(runroot, { recursive: true });
  return place;
}

/** Removes a place. Buildah leaves its storage mounted on itself, so it has to be unmounted first. */
export function removePlace({ state, runroot, layout }: Place): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path.startsWith(`${state}/`) || path.startsWith(`${runroot}/`));
  for (const path of mounts.reverse()) call("umount", [path]);
  for (const path of [state, runroot, layout]) rmSync(path, { recursive: true, force: true });
}
