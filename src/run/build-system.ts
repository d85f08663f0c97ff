import type { Isolation } from "../model/build-environment.js";

/** What this machine builds with; found by probe.ts. */
export interface BuildSystem {
  readonly buildahVersion: string;
  readonly isolation: Isolation;
  /** Path of the OCI runtime for isolation `oci`. */
  readonly runtime?: string;
  /** Why programs cannot be cut off from the network here; left out: they can. */
  readonly noOffline?: string;
  readonly storage: {
    readonly root: string;
    readonly runroot: string;
    readonly driver: "overlay" | "vfs";
  };
}
