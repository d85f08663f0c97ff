import { mkdir, mkdtemp, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { openWorkshop, type Workshop } from "../../src/app/build/workshop.js";
import { type LoadedCatalogue, loadDesired } from "../../src/app/catalogue/desired.js";
import type { Context } from "../../src/context.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import type { LockedPackage, LockManager } from "../../src/model/lock.js";
import type { Digest, ImageName } from "../../src/model/names.js";
import type { FileStore } from "../../src/model/registry.js";
import { fetchCommand, fetchedFile } from "../../src/packages/fetch-commands.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { StepFailure, type StoredImage } from "../../src/run/runner.js";
import { hashFile } from "../../src/system/hash-file.js";
import { assert } from "./suite.js";
import type { Workspace } from "./workspace.js";

export interface Place {
  readonly workspace: Workspace;
  /** The catalogue's directory. */
  readonly catalogue: string;
  /** The name of the state directory in the workspace. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files?: Pick<FileStore, "fetchFile">;
}

/** Builds images of a catalogue in a separate state directory, with and without a lockfile. */
export class LockedBuilds {
  private constructor(
    readonly loaded: LoadedCatalogue,
    readonly workshop: Workshop,
    readonly state: string,
    readonly signal: AbortSignal,
  ) {}

  static async open({ workspace, catalogue, name, env, files }: Place): Promise<LockedBuilds> {
    const state = workspace.path(name);
    const own = { ...workspace.env, ...env, SLIPWAY_STATE: state };
    workspace.track(catalogue, own);
    const { signal } = new AbortController();
    const loaded = await loadDesired(await openWorkingTree(catalogue), builtInTemplates(), { today: "2026-01-01" });
    const errors = loaded.diagnostics.filter(({ severity }) => severity === "error");
    assert.ok(errors.length === 0, JSON.stringify(errors.map(({ message }) => message)));
    const context = { catalogue, env: own, signal } as unknown as Context;
    const workshop = await openWorkshop(context, loaded, { files });
    await mkdir(join(state, "logs"), { recursive: true });
    return new LockedBuilds(loaded, workshop, state, signal);
  }

  log(name: string): string {
    return join(this.state, "logs", `${name}.log`);
  }

  recipe(name: string) {
    const image = this.loaded.desired.images.get(name as ImageName);
    assert.ok(image, `no image ${name}`);
    return image.recipe;
  }

  /** Without `locked` the packages are resolved beforehand. Each image that it is built on counts as a base image. */
  async build(
    name: string,
    images: Readonly<Record<string, StoredImage>> = {},
    locked?: readonly LockedPackage[],
  ): Promise<Digest> {
    const image = this.loaded.desired.images.get(name as ImageName);
    assert.ok(image, `no image ${name}`);
    const { runner } = this.workshop;
    const job = {
      name: name as ImageName,
      log: this.log(name),
      signal: this.signal,
      recipe: { ...image.recipe, ...(locked === undefined ? {} : { locked: { packages: locked } }) },
      platform: image.node.platform,
      images: new Map(
        Object.entries(images).map(([other, stored]) => [other as ImageName, { ...stored, base: stored }]),
      ),
    };
    const { packages, rootfs } = await runner.resolve(job);
    const recipe = { ...job.recipe, locked: { packages } };
    const { imageId } = await runner.build({ ...job, recipe, ...(rootfs === undefined ? {} : { rootfs }) });
    // As if it had been published.
    await this.workshop.keep(imageId);
    return imageId;
  }

  ask(imageId: Digest, command: readonly string[], output?: string): Promise<string> {
    const question = { image: { imageId }, command, log: this.log("asked"), signal: this.signal };
    return this.workshop.ask({ ...question, ...(output === undefined ? {} : { output }) });
  }

  /** Tab-separated lines of the first image that the second one does not have. */
  async added(image: Digest, base: Digest | undefined, command: readonly string[]): Promise<string[][]> {
    const lines = (text: string) => text.split("\n").filter((line) => line !== "");
    const there = new Set(base === undefined ? [] : lines(await this.ask(base, command)));
    return lines(await this.ask(image, command)).flatMap((line) => (there.has(line) ? [] : [line.split("\t")]));
  }

  /** Locks packages as `slipway lock` would: asks the package manager in an image for their files, which end up in `directory`. */
  async lock(
    manager: LockManager,
    image: Digest,
    packages: readonly { readonly name: string; readonly version: string; readonly arch?: string }[],
    directory: string,
  ): Promise<LockedPackage[]> {
    await mkdir(directory, { recursive: true });
    const fresh = await mkdtemp(join(directory, "fresh-"));
    const entries = packages.map((entry): LockedPackage => {
      return { manager, ...entry, file: "", size: 0, sha256: "", why: [] };
    });
    await this.ask(image, fetchCommand(manager, "/mnt", entries), fresh);
    const files = await readdir(fresh);
    const locked: LockedPackage[] = [];
    for (const entry of entries) {
      const file = fetchedFile(entry, files);
      assert.ok(file, `${manager} did not bring ${entry.name} ${entry.version}`);
      locked.push({ ...entry, file, ...(await hashFile(join(fresh, file))) });
    }
    for (const file of files) await rename(join(fresh, file), join(directory, file));
    return locked;
  }

  close(): Promise<void> {
    return this.workshop.close();
  }
}

/** Prints name, version and architecture of each Debian package. */
export const DPKG = ["dpkg-query", "--show", "--showformat=${Package}\\t${Version}\\t${Architecture}\\n"];
/** Prints name and version of each package that pip has installed. */
export const PIP = [
  "python3",
  "-c",
  "import importlib.metadata as m\nfor d in m.distributions(): print(d.metadata['Name'], d.version, sep='\\t')",
];
/** Prints name and version of each package below /usr/local. */
export const NPM = [
  "sh",
  "-c",
  `find /usr/local/lib -path '*/node_modules/*' -name package.json | while read -r f; do node -p 'const p = require(process.argv[1]); p.name && p.version ? p.name + "\\t" + p.version : ""' "$f"; done | sort -u`,
];

/** Code and message of a failed step. */
export const failureOf = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => assert.unreachable("nothing failed") as never,
    (error: unknown) => (error instanceof StepFailure ? `${error.code} ${error.message}` : String(error)),
  );
