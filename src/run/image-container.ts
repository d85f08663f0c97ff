import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Buildah, BuildahOptions } from "./buildah.js";
import { keepingRuntime, readBundle, runBundle } from "./bundle.js";
import { bareId, type createImageFetcher } from "./images.js";
import { type Finished, lastLines } from "./process.js";
import { type ImageJob, StepFailure } from "./runner.js";
import { isRootless } from "./user-namespace.js";

export interface ContainerDeps {
  readonly buildah: Buildah;
  readonly fetch: ReturnType<typeof createImageFetcher>;
  /** A directory of this run. */
  readonly temporary: string;
}

/** The failure where Buildah cannot do something, such as `cannot start a container`, from its last lines. */
export type ContainerFailure = (what: string, tail: readonly string[]) => StepFailure;

/** A command in a container: without a network, and with the image's own user where none is named. */
export interface ContainerCommand extends Omit<BuildahOptions, "network" | "within" | "cwd" | "env"> {
  readonly user?: string | undefined;
}

/**
 * A throw-away container of an image, to look into from outside and to run commands in, one at a time. Nothing is started before it is
 * needed, and whoever makes it closes it. The image's content is hostile: no link in it may be followed.
 */
export class ImageContainer {
  readonly #deps: ContainerDeps;
  readonly #job: Omit<ImageJob, "name">;
  #name = "";
  #root: string | undefined;
  /** Where the bundle of each user's first command is kept. */
  readonly #kept = new Map<string, string>();

  constructor(deps: ContainerDeps, job: Omit<ImageJob, "name">) {
    this.#deps = deps;
    this.#job = job;
  }

  /** Its name in Buildah's storage. Raises StepFailure. */
  async start(failure: ContainerFailure): Promise<string> {
    if (this.#name !== "") return this.#name;
    const { fetch } = this.#deps;
    const { image, signal, log } = this.#job;
    await fetch(image, signal, log);
    const name = `slipway-${randomBytes(6).toString("hex")}`;
    const from = ["from", "--quiet", "--name", name, "--pull-never", bareId(image.imageId)];
    await this.#buildah(from, (tail) => failure("cannot start a container", tail));
    this.#name = name;
    return name;
  }

  /** Its root file system on this machine. Raises StepFailure. */
  async root(failure: ContainerFailure): Promise<string> {
    if (this.#root !== undefined) return this.#root;
    const name = await this.start(failure);
    const mounted = await this.#buildah(["mount", name], (tail) => failure("Buildah cannot mount it", tail));
    this.#root = mounted.trim();
    return this.#root;
  }

  /** What Buildah is given to run a command as a user; undefined: the image's own. Raises StepFailure. */
  async words(
    argv: readonly string[],
    user: string | undefined,
    failure: ContainerFailure,
  ): Promise<readonly string[]> {
    return this.#words(await this.start(failure), argv, user, this.#deps.buildah.system.runtime);
  }

  /** Runs a command. Raises StepFailure where there can be no container. */
  async run(argv: readonly string[], command: ContainerCommand, failure: ContainerFailure): Promise<Finished> {
    const { buildah, temporary } = this.#deps;
    const { user, ...options } = command;
    const { runtime, isolation } = buildah.system;
    const name = await this.start(failure);
    // Inside of a user namespace of Buildah's own, only Buildah knows where the runtime may keep what it knows.
    const isDirect = runtime !== undefined && isolation === "oci" && !isRootless(process.env);
    if (!isDirect) return buildah.run(this.#words(name, argv, user, runtime), { ...options, network: "none" });
    const kept = this.#kept.get(user ?? "");
    const bundle = kept === undefined ? undefined : await readBundle(kept, await this.root(failure));
    if (bundle !== undefined) return runBundle(runtime, bundle, argv, options);
    const directory = join(temporary, name, String(this.#kept.size));
    if (kept === undefined) this.#kept.set(user ?? "", directory);
    const through = kept === undefined ? await keepingRuntime(runtime, directory) : runtime;
    return buildah.run(this.#words(name, argv, user, through), { ...options, network: "none" });
  }

  /** Removes the container; the next use makes another one. */
  async close(): Promise<void> {
    const { buildah, temporary } = this.#deps;
    const name = this.#name;
    if (name === "") return;
    this.#name = "";
    this.#root = undefined;
    this.#kept.clear();
    // Without the signal, because it must happen after an interruption, too.
    await buildah.run(["rm", name], { log: this.#job.log });
    await rm(join(temporary, name), { recursive: true, force: true });
  }

  #words(name: string, argv: readonly string[], user: string | undefined, runtime: string | undefined) {
    const { isolation } = this.#deps.buildah.system;
    return [
      "run",
      ...(runtime === undefined ? [] : ["--runtime", runtime]),
      ...["--isolation", isolation, "--network", "host"],
      ...(user === undefined ? [] : ["--user", user]),
      ...[name, "--", ...argv],
    ];
  }

  async #buildah(args: readonly string[], failure: (tail: readonly string[]) => StepFailure): Promise<string> {
    const { signal, log } = this.#job;
    const { exitCode, stdout, stderr } = await this.#deps.buildah.run(args, { signal, log });
    if (exitCode === 0) return stdout;
    throw signal.aborted ? new StepFailure("INTERRUPTED", "interrupted") : failure(lastLines(stderr));
  }
}
