import { fileURLToPath } from "node:url";
import { TRANSFER_TIMEOUT } from "../model/registry-timeout.js";
import type { BuildSystem } from "./build-system.js";
import type { PackageProxy } from "./package-proxy.js";
import { type Finished, type RunOptions, run } from "./process.js";
import { markSuspect } from "./storage-marks.js";

export interface BuildahOptions extends RunOptions {
  /**
   * What Buildah and all that it starts can reach. `none`: a loopback interface of their own; a proxy: that, with the proxy at
   * PROXY_URL; left out or `host`: what the machine can.
   */
  readonly network?: "none" | "host" | PackageProxy;
  /** A program that is given Buildah's command line as its arguments, and runs it. */
  readonly within?: readonly string[];
}

/** Bundled as a program of its own (scripts/generate.ts). */
const LISTENER = fileURLToPath(new URL("./listen-and-run.js", import.meta.url));

export interface Buildah {
  /** Runs one Buildah command in Slipway's own storage. Never fails; see process.ts. */
  run(args: readonly string[], options?: BuildahOptions): Promise<Finished>;
  readonly system: BuildSystem;
}

/**
 * Starts what follows it without a network (network_namespaces(7)). Buildah 1.28 cannot do it itself: isolation `chroot` refuses
 * `--network none`, and `RUN --network` came later.
 */
export const OFFLINE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"] as const;

const TRANSFERS = ["push", "pull"];

/** What went wrong when nothing moved any more. */
function silence(args: readonly string[], patience: number): string {
  const [, host = "", what = ""] = /^(?:docker:\/\/)?([^/]*)\/?(.*)$/.exec(args.at(-1) ?? "") ?? [];
  return `registry ${host} did not answer for ${patience} s during ${args[0]} of ${what}`;
}

/** Options of volumes (buildah-build(1), `--volume`). Neither lets in a program with the rights of others or a device. */
export const READ_ONLY = "ro,nosuid,nodev";
export const WRITABLE = "rw,nosuid,nodev,noexec";

/**
 * `temporary`: where Buildah keeps temporary files, so that those of a killed Buildah can be found. `patience`: seconds within which a
 * push or a pull must move something; Buildah itself waits for ever.
 */
export function createBuildah(system: BuildSystem, temporary: string, patience = TRANSFER_TIMEOUT): Buildah {
  const { root, runroot, driver } = system.storage;
  const global = ["--root", root, "--runroot", runroot, "--storage-driver", driver];
  return {
    system,
    run: async (args, { network = "host", within = [], ...options } = {}) => {
      const proxy = typeof network === "string" ? undefined : network;
      const listener = proxy === undefined ? [] : [process.execPath, LISTENER, proxy.addresses.join(",")];
      const apart = network === "host" ? [] : [...OFFLINE, ...listener];
      const [program, ...words] = [...apart, ...within, "buildah", ...global, ...args] as [string, ...string[]];
      const served = proxy === undefined ? {} : { takeSocket: proxy.listen };
      const stall = TRANSFERS.includes(args[0] ?? "") ? { stall: patience } : {};
      const env = { ...options.env, TMPDIR: temporary };
      const finished = await run(program, words, { ...stall, ...options, ...served, env });
      // It may have been removing a layer.
      if (finished.exitCode === undefined) await markSuspect(root);
      return finished.stalled ? { ...finished, stderr: `Error: ${silence(args, patience)}\n` } : finished;
    },
  };
}
