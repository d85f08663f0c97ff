import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Digest } from "../../src/model/names.js";
import type { LocalImage, RunBuildah } from "../../src/model/registry.js";
import { removeTree } from "../support/remove-tree.js";

const execute = promisify(execFile);

/** Runs a program; fails with its standard error. */
export async function run(program: string, args: readonly string[], env = process.env): Promise<string> {
  const { stdout } = await execute(program, args, { env, maxBuffer: 1 << 26 });
  return stdout;
}

/** Buildah with its own storage, so that tests neither see nor leave images on the machine. */
export class TestBuildah {
  /** Also for scratch files of the test; deleted by `remove`. */
  readonly directory: string;
  /** How often each Buildah command was run. */
  readonly calls = new Map<string, number>();
  env: NodeJS.ProcessEnv = process.env;

  constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<TestBuildah> {
    return new TestBuildah(await mkdtemp(join(tmpdir(), "slipway-buildah-")));
  }

  readonly run: RunBuildah = async (args, signal) => {
    this.calls.set(args[0] ?? "", (this.calls.get(args[0] ?? "") ?? 0) + 1);
    const storage = ["--root", join(this.directory, "root"), "--runroot", join(this.directory, "runroot")];
    const options = { env: this.env, ...(signal && { signal }), maxBuffer: 1 << 26 };
    return (await execute("buildah", [...storage, ...args], options)).stdout;
  };

  /** An image with one file on top of `from` (an image ID, or scratch). */
  async image(content: string | Uint8Array, from?: LocalImage): Promise<LocalImage> {
    const context = await mkdtemp(join(this.directory, "context-"));
    await writeFile(join(context, "file"), content);
    const name = `/file-${from ? "child" : "base"}`;
    const base = from?.imageId.slice("sha256:".length) ?? "scratch";
    await writeFile(join(context, "Containerfile"), `FROM ${base}\nCOPY file ${name}\n`);
    const options = ["--timestamp", "315532800", "--identity-label=false", "--omit-history", "--layers=false"];
    const id = (await this.run(["build", "--quiet", "--isolation", "chroot", ...options, context])).trim();
    await rm(context, { recursive: true });
    return { imageId: `sha256:${id}` as Digest };
  }

  async scratch(): Promise<string> {
    await mkdir(this.directory, { recursive: true });
    return mkdtemp(join(this.directory, "scratch-"));
  }

  async remove(): Promise<void> {
    // Only Buildah can remove layers, because it knows what is mounted.
    await this.run(["rm", "--all"]).catch(() => "");
    await this.run(["rmi", "--all", "--force"]).catch(() => "");
    await removeTree(this.directory);
  }
}
