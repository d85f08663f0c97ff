/**
 * 1980-01-01T00:00:00Z, in seconds: the time of every file and configuration that a build makes. Fixed, so that an
 * image depends on its content alone; not 0, because ZIP archives (Python wheels among them) begin in 1980.
 */
export const EPOCH = 315532800;

/**
 * Where a RUN step finds what this machine needs (proxies, certificates, caches): the step's shell sources `env` in
 * it if there is one. It must be a directory that every operating system has and no package uses: Buildah removes or
 * leaves behind a mount point that it had to create, and either shows in the image.
 */
export const MACHINE_MOUNT = "/media";

/** The directory for caches there: the only one that a step may write to. It is the image's own and fresh. */
export const CACHE_MOUNT = `${MACHINE_MOUNT}/cache`;

/**
 * How the commands of an image are kept apart from the machine: `oci` by an OCI runtime (namespaces), `chroot` by a changed root
 * directory alone, so that they see the machine's processes and may read its files.
 */
export type Isolation = "oci" | "chroot";

/** Where a command that runs in an image to answer a question (run/ask-image.ts) leaves files for this machine. */
export const OUTPUT_MOUNT = "/mnt";

/** Where a build with network `packages` finds the proxy that is its only way out (run/package-proxy.ts). */
export const PROXY_ADDRESS = "127.0.0.1";
export const PROXY_PORT = 3128;
export const PROXY_URL = `http://${PROXY_ADDRESS}:${PROXY_PORT}`;
