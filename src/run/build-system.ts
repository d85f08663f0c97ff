/** What this machine builds with; found by probe.ts. */
export interface BuildSystem {
  readonly buildahVersion: string;
  readonly isolation: "oci" | "chroot";
  /** OCI runtime for isolation `oci`. */
  readonly runtime?: string;
  /** Why nothing can be run without the network here; left out: it can. */
  readonly noOffline?: string;
  readonly storage: {
    readonly root: string;
    readonly runroot: string;
    readonly driver: "overlay" | "vfs";
  };
}
