import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeContext } from "../../src/app/build/write-context.js";
import type { FileTree } from "../../src/load/git/tree.js";
import type { Healthcheck } from "../../src/model/definition.js";
import type { Instruction } from "../../src/model/instructions.js";
import type { Digest, ImageName, Platform } from "../../src/model/names.js";
import type { ContextEntry, Recipe } from "../../src/model/recipe.js";
import { buildImage } from "../../src/run/build-image.js";
import { type Buildah, createBuildah } from "../../src/run/buildah.js";
import { createDownloader, type DownloadDeps } from "../../src/run/download.js";
import { createExternalFetcher } from "../../src/run/externals.js";
import { createImageFetcher } from "../../src/run/images.js";
import type { RunOptions } from "../../src/run/process.js";
import type { BuildJob, Job } from "../../src/run/runner.js";
import { readTarEntries, type TarEntry } from "../../src/run/tar-entries.js";
import { containerfileFrom } from "./containerfile-from.js";
import type { Workspace } from "./workspace.js";

/** A test's image: the Containerfile, and the files of its context by path. */
export interface RecipeFields {
  readonly containerfile: string;
  /** Instructions of the image itself that Buildah has no part in. */
  readonly config?: { readonly healthcheck?: Healthcheck; readonly shell?: readonly string[] };
  readonly bare?: true;
  readonly files?: Readonly<Record<string, string>>;
  /** Entries that are downloaded. */
  readonly downloads?: readonly ContextEntry[];
  /** Modes by path, if not 0644; busybox has 0755. */
  readonly permissions?: Readonly<Record<string, number>>;
}

/** The content that stands for the busybox program. */
export const BUSYBOX = "the machine's busybox";

/** Builds images from recipes in its own storage, as Slipway does, without the rest of a build. */
export class ImageBuilder {
  /** PEM. */
  authority = "";
  readonly unfinished = new Set<Digest>();
  readonly #built = new Map<string, Digest>();
  readonly #fetchExternal;
  #env: Readonly<Record<string, string>> = {};
  /** Every call of Buildah so far. */
  readonly calls: string[] = [];

  private constructor(
    readonly buildah: Buildah,
    readonly directory: string,
  ) {
    this.#fetchExternal = createExternalFetcher(buildah);
  }

  static async create(
    workspace: Workspace,
    name: string,
    isolation: { isolation: "oci" | "chroot"; runtime?: string } = { isolation: "chroot" },
  ): Promise<ImageBuilder> {
    const directory = workspace.path(name);
    const root = workspace.track("", { SLIPWAY_STORAGE: join(directory, "storage") });
    await mkdir(join(directory, "tmp"), { recursive: true });
    await mkdir(join(directory, "machine", "cache"), { recursive: true });
    await writeFile(join(directory, "machine", "env"), "SETTING=of-this-machine\n");
    const storage = { root, runroot: workspace.runroot(root), driver: "overlay" } as const;
    const buildah = createBuildah({ buildahVersion: "1.28", ...isolation, storage }, join(directory, "tmp"));
    const builder = new ImageBuilder(
      { ...buildah, run: (args, options) => builder.#run(buildah, args, options) },
      directory,
    );
    return builder;
  }

  /** Lets Buildah talk to a registry without TLS (containers-registries.conf(5)). */
  async trust(host: string): Promise<void> {
    const file = join(this.directory, "registries.conf");
    await writeFile(file, `[[registry]]\nlocation = "${host}"\ninsecure = true\n`);
    this.#env = { CONTAINERS_REGISTRIES_CONF: file };
  }

  #run({ run }: Buildah, args: readonly string[], options: RunOptions = {}) {
    this.calls.push(args.join(" "));
    return run(args, { ...options, env: this.#env });
  }

  /** Builds an image on earlier ones, by their names in `images`. */
  async build(name: string, fields: RecipeFields, images: readonly string[] = []): Promise<Digest> {
    const { containerfile, files = {}, permissions = {}, downloads = [], config = {}, bare } = fields;
    const entry = (path: string): ContextEntry => ({ path, mode: "100644", from: path, content: "" });
    const context = [...Object.keys(files).map(entry), ...downloads];
    const stored = images.map((of) => sourceImage(of as ImageName, this.#built.get(of) as Digest));
    const deps = {
      buildah: this.buildah,
      fetch: createImageFetcher(this.buildah),
      fetchExternal: this.#fetchExternal,
      accounts: true,
      timeout: 60,
      temporary: join(this.directory, "tmp"),
      bootstrapNeeds: { aptSources: undefined, yumRepos: undefined, caBundle: undefined },
      unfinished: this.unfinished,
      networkOf: () => "host" as const,
      openProxy: () => {
        throw new Error("no image has the network `packages` here");
      },
      prepareMount: async (_job: BuildJob, own: string) => {
        const cache = join(own, "cache");
        await mkdir(cache);
        const volumes = new Map([["/media", join(this.directory, "machine")]]);
        return { volumes, cache, settingsOf: () => "/media/env" };
      },
      writeContext: async (recipe: Recipe, directory: string, job: Job) => {
        await writeFiles(directory, files, permissions);
        const sources = { tree: NO_TREE, download: createDownloader(this.#downloads) };
        await writeContext(sources, { ...recipe, context: downloads }, directory, job);
      },
    };
    const built = await buildImage(deps, {
      name: name as ImageName,
      log: join(this.directory, `${name}.log`),
      signal: new AbortController().signal,
      recipe: { containerfile: containerfileFrom(containerfile, configured(config), bare), context, packages: [] },
      platform: "linux/amd64" as Platform,
      images: new Map(stored),
    });
    this.#built.set(name, built.imageId);
    return built.imageId;
  }

  /** Downloads come from servers on this machine, with one additional certificate authority. */
  get #downloads(): DownloadDeps {
    return {
      settings: { privateHosts: ["127.0.0.1"], mirrors: new Map() },
      cache: join(this.directory, "downloads"),
      env: {},
      ca: [this.authority],
      lock: (_name, _signal, action) => action(),
    };
  }

  /** Runs Buildah and returns its standard output. */
  async output(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.buildah.run(args);
    if (exitCode !== 0) throw new Error(`buildah ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** The stored configuration. */
  async config(imageId: Digest): Promise<StoredConfig> {
    return JSON.parse(await this.output("inspect", "--type", "image", "--format", "{{.Config}}", imageId.slice(7)));
  }

  /** The entries of each layer, the lowest first, as `MODE UID:GID NAME`. */
  async layers(imageId: Digest): Promise<string[][]> {
    const target = join(this.directory, "pushed", imageId.slice(7));
    await mkdir(target, { recursive: true });
    await this.output("push", "--quiet", "--disable-compression", imageId.slice(7), `dir:${target}`);
    const { rootfs } = await this.config(imageId);
    const lists = rootfs.diff_ids.map((layer) => readTarEntries(join(target, layer.slice(7))));
    return (await Promise.all(lists)).map((entries) => entries.map(shown));
  }
}

const sourceImage = (name: ImageName, imageId: Digest) => [name, { imageId, base: { imageId } }] as const;

const configured = ({ healthcheck, shell }: NonNullable<RecipeFields["config"]>): readonly Instruction[] => [
  ...(shell === undefined ? [] : [{ type: "shell", argv: shell } as const]),
  ...(healthcheck === undefined ? [] : [{ type: "healthcheck", healthcheck } as const]),
];

/** A tree without files. */
const NO_TREE = { copy: async () => {}, hash: async () => new Map() } as unknown as FileTree;

export interface StoredConfig {
  readonly config: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

const shown = ({ mode, uid, gid, name }: TarEntry) => `${(mode & 0o7777).toString(8)} ${uid}:${gid} ${name}`;

async function writeFiles(
  directory: string,
  files: NonNullable<RecipeFields["files"]>,
  permissions: NonNullable<RecipeFields["permissions"]>,
): Promise<void> {
  await mkdir(join(directory, "artifacts"), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const to = join(directory, path);
    await mkdir(dirname(to), { recursive: true });
    if (content === BUSYBOX) await copyFile("/bin/busybox", to);
    else await writeFile(to, content, { mode: permissions[path] ?? 0o644 });
  }
}
