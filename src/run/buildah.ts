import type { BuildSystem } from "./build-system.js";
import { type Finished, type RunOptions, run } from "./process.js";

export interface Buildah {
  /** Runs one Buildah command in Slipway's own storage. Never fails; see process.ts. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  readonly system: BuildSystem;
}

/** `temporary`: where Buildah keeps what it needs for a while, so that what it leaves when it is killed can be found. */
export function createBuildah(system: BuildSystem, temporary: string): Buildah {
  const { root, runroot, driver } = system.storage;
  const global = ["--root", root, "--runroot", runroot, "--storage-driver", driver];
  return {
    system,
    run: (args, options) =>
      run("buildah", [...global, ...args], { ...options, env: { ...options?.env, TMPDIR: temporary } }),
  };
}
