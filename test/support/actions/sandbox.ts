import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { removeTree } from "../remove-tree.js";
import { Artifacts } from "./artifacts.js";
import { ROOT } from "./files.js";
import type { Permissions } from "./job-state.js";
import { runWorkflow, type WorkflowEvent, type WorkflowResult } from "./run-workflow.js";
import { type Answer, StubSlipway } from "./stub-slipway.js";

const execute = promisify(execFile);

export interface Run {
  /** Path below the repository's root. */
  readonly file: string;
  readonly event: WorkflowEvent;
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  readonly actions?: ReadonlyMap<string, string>;
  readonly runId?: number;
}

/** A bare repository that contains our action, and a machine on which `slipway` only records its calls. */
export class Sandbox {
  readonly artifacts: Artifacts;
  /** The rights of each job's token, in the order of the jobs. */
  readonly permissions: Permissions[] = [];
  #runs = 0;

  private constructor(
    readonly directory: string,
    readonly slipway: StubSlipway,
  ) {
    this.artifacts = new Artifacts(join(directory, "artifacts"));
  }

  static async create(): Promise<Sandbox> {
    const directory = await mkdtemp(join(tmpdir(), "slipway-actions-"));
    const sandbox = new Sandbox(directory, await StubSlipway.create(join(directory, "slipway")));
    await execute("git", ["init", "-q", "--bare", "-b", "main", join(directory, "remote.git")]);
    await execute("git", ["init", "-q", "-b", "main", join(directory, "work")]);
    return sandbox;
  }

  async remove(): Promise<void> {
    await removeTree(this.directory);
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  /** Commits files on top of a commit (by default as a first commit with our action.yml) and points refs of the repository at it. */
  async commit(files: Readonly<Record<string, string>>, { on = "", refs = [] as readonly string[] }): Promise<string> {
    const work = this.path("work");
    if (on !== "") await this.#git("checkout", "-q", "--detach", on);
    else await cp(`${ROOT}action.yml`, join(work, "action.yml"));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(work, name)), { recursive: true });
      await writeFile(join(work, name), text);
    }
    await this.#git("add", "--all");
    await this.#git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x");
    const sha = await this.#git("rev-parse", "HEAD");
    await this.#git("push", "-q", "--force", this.path("remote.git"), ...refs.map((ref) => `HEAD:${ref}`));
    return sha;
  }

  async run({
    file,
    event,
    answers = {},
    secrets = {},
    vars = {},
    actions = new Map(),
    runId,
  }: Run): Promise<WorkflowResult> {
    this.#runs += 1;
    return await runWorkflow({
      workflow: await readFile(`${ROOT}${file}`, "utf8"),
      file,
      event,
      runId: runId ?? this.#runs,
      secrets,
      vars,
      directory: this.path(`run-${this.#runs}`),
      host: {
        remote: () => this.path("remote.git"),
        token: (permissions) => `token-${this.permissions.push(permissions)}`,
        actions,
        artifacts: this.artifacts,
        path: [],
        env: this.slipway.env(answers),
      },
    });
  }

  async #git(...args: string[]): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: this.directory, GIT_CONFIG_NOSYSTEM: "1" };
    return (await execute("git", ["-C", this.path("work"), ...args], { env })).stdout.trim();
  }
}
