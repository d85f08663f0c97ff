import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shellQuote } from "../model/shell-quote.js";
import { makeDirectory } from "../system/make-directory.js";
import { OFFLINE } from "./buildah.js";
import { type Finished, type RunOptions, run } from "./process.js";

/**
 * Runs in place of the OCI runtime, and then is it: copies the bundle (OCI runtime specification, bundle.md) of the first container that
 * Buildah creates, without its root file system. Buildah calls it in the bundle.
 */
const WRAPPER = `#!/bin/sh
if [ "$1" = create ] && [ ! -e KEPT/place ]; then
  find . -mindepth 1 -maxdepth 1 ! -name mnt -exec cp -a '{}' KEPT ';' && pwd > KEPT/place
fi
exec RUNTIME "$@"
`;

/** What is used of a container's configuration (OCI runtime specification, config.md); the rest is kept as it is. */
interface RuntimeConfig {
  readonly process: { readonly args: readonly string[] };
  readonly root: { readonly path: string };
  readonly mounts: readonly { readonly type?: string; readonly source: string; readonly destination: string }[];
}

/** Prepares an OCI runtime that keeps a bundle in a directory, which is made; returns the path of what Buildah is given as its runtime. */
export async function keepingRuntime(runtime: string, directory: string): Promise<string> {
  const kept = join(directory, "kept");
  makeDirectory(kept);
  const wrapper = join(directory, "runtime");
  const text = WRAPPER.replaceAll("KEPT", () => shellQuote(kept)).replace("RUNTIME", () => shellQuote(runtime));
  await writeFile(wrapper, text);
  await chmod(wrapper, 0o755);
  return wrapper;
}

/** How Buildah sets up the containers of an image: each is started by the OCI runtime alone, which takes a fifth of Buildah's time. */
export interface Bundle {
  readonly config: RuntimeConfig;
  readonly directory: string;
}

/**
 * Reads a bundle that was kept, for containers with this root file system; undefined: there is none, or something is mounted that only Buildah
 * can reach, as volumes are.
 */
export async function readBundle(directory: string, root: string): Promise<Bundle | undefined> {
  const kept = join(directory, "kept");
  try {
    const place = (await readFile(join(kept, "place"), "utf8")).trimEnd();
    const config = JSON.parse(await readFile(join(kept, "config.json"), "utf8")) as RuntimeConfig;
    const mounts = config.mounts.map((mount) =>
      mount.source.startsWith(`${place}/`) ? { ...mount, source: kept + mount.source.slice(place.length) } : mount,
    );
    const isWhole = mounts.every(({ type, source }) => type !== "bind" || existsSync(source));
    return isWhole ? { config: { ...config, mounts, root: { ...config.root, path: root } }, directory } : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a command in a new container without a network. Never fails; see process.ts. */
export async function runBundle(
  runtime: string,
  { config, directory }: Bundle,
  argv: readonly string[],
  { signal, timeout, ...options }: RunOptions,
): Promise<Finished> {
  const id = `slipway-${randomBytes(6).toString("hex")}`;
  const own = join(directory, id);
  makeDirectory(own);
  await writeFile(join(own, "config.json"), JSON.stringify({ ...config, process: { ...config.process, args: argv } }));
  // The runtime passes signals on to the command, which may ignore them.
  const over = AbortSignal.any([signal ?? [], timeout === undefined ? [] : AbortSignal.timeout(timeout * 1000)].flat());
  const kill = () => void run(runtime, ["kill", id, "KILL"]);
  over.addEventListener("abort", kill, { once: true });
  const [program, ...words] = [...OFFLINE, runtime, "run", "--bundle", own, id] as [string, ...string[]];
  const finished = await run(program, words, { ...options, ...(signal && { signal }), ...(timeout && { timeout }) });
  over.removeEventListener("abort", kill);
  if (over.aborted || finished.exitCode === undefined) await run(runtime, ["delete", "--force", id]);
  return finished;
}
