import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** By path: the content of a file, a symbolic link, or null to delete the file. */
export type Files = Readonly<Record<string, string | { readonly link: string } | null>>;

export interface ChangedFile {
  readonly path: string;
  /** null: not renamed. */
  readonly from: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed";
  readonly additions: number;
  readonly deletions: number;
}

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As on GitHub, anyone can read the refs of pull requests and no one can push to them; commits are served by their id. */
const SETTINGS = `[core]
	repositoryformatversion = 0
	bare = true
[receive]
	hideRefs = refs/pull
	autogc = false
[uploadpack]
	allowAnySHA1InWant = true
[gc]
	auto = 0
`;

/** Refuses each ref that the server names in the environment, in GitHub's words. */
const UPDATE_HOOK = `#!/bin/sh
for ref in $FORGE_PROTECTED; do
  if [ "$ref" = "$1" ]; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    exit 1
  fi
done
`;

/** This machine's settings must not affect a test. */
export const GIT_ENV = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Forge",
  GIT_AUTHOR_EMAIL: "forge@example.com",
  GIT_COMMITTER_NAME: "Forge",
  GIT_COMMITTER_EMAIL: "forge@example.com",
};

/** A real bare repository. Every call starts a Git process and is asynchronous, because the server runs in this process. */
export class BareRepository {
  private constructor(readonly directory: string) {}

  static async create(directory: string, branch: string, origin?: BareRepository): Promise<BareRepository> {
    // The layout that `git init --bare` makes (gitrepository-layout(5)), without a process, because every test needs a few of these.
    for (const name of ["objects", "refs/heads", "hooks"]) await mkdir(join(directory, name), { recursive: true });
    await writeFile(join(directory, "HEAD"), `ref: refs/heads/${branch}\n`);
    await writeFile(join(directory, "config"), SETTINGS);
    await writeFile(join(directory, "hooks", "update"), UPDATE_HOOK, { mode: 0o755 });
    const repository = new BareRepository(directory);
    if (origin) await repository.run(["fetch", "--quiet", origin.directory, "refs/heads/*:refs/heads/*"]);
    return repository;
  }

  /** Runs Git; returns standard output without its last line end. */
  async run(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.#try(args, input);
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.replace(/\n$/, "");
  }

  /** The commit of a ref or an id; null if there is none. */
  async commit(name: string): Promise<string | null> {
    if (/^refs\/(?!.*\.\.)[\w./-]+$/.test(name)) return this.#ref(name);
    const { code, stdout } = await this.#try([
      "rev-parse",
      "--quiet",
      "--verify",
      "--end-of-options",
      `${name}^{commit}`,
    ]);
    return code === 0 ? stdout.trim() : null;
  }

  async branches(): Promise<Map<string, string>> {
    const entries = await readdir(join(this.directory, "refs/heads"), { recursive: true });
    const found = await Promise.all(
      entries.map(async (name) => [name, await this.#ref(`refs/heads/${name}`)] as const),
    );
    return new Map(found.flatMap(([name, commit]) => (commit === null ? [] : [[name, commit]])));
  }

  /** Reads refs as files, because nothing packs them here; a process for each read would take most of a test's time. */
  async #ref(name: string): Promise<string | null> {
    try {
      return (await readFile(join(this.directory, name), "utf8")).trim();
    } catch {
      return null; // missing, or a directory
    }
  }

  async file(commit: string, path: string): Promise<string | null> {
    const { code, stdout } = await this.#try(["cat-file", "blob", `${commit}:${path}`]);
    return code === 0 ? stdout : null;
  }

  async contains(commit: string, ancestor: string): Promise<boolean> {
    return (await this.#try(["merge-base", "--is-ancestor", ancestor, commit])).code === 0;
  }

  /** A merge commit of two commits, without a ref; null if they conflict or have no common history. */
  async merge(base: string, head: string, message: string, parents = [base, head]): Promise<string | null> {
    const { code, stdout, stderr } = await this.#try(["merge-tree", "--write-tree", "--messages", base, head]);
    if (code === 1 || /unrelated histories/.test(stderr)) return null;
    if (code !== 0) throw new Error(`git merge-tree: ${stderr}`);
    const [tree = ""] = stdout.split("\n");
    return this.run(["commit-tree", ...parents.flatMap((parent) => ["-p", parent]), "-m", message, tree]);
  }

  /** The merge base of two commits; null without a common history. */
  async mergeBase(one: string, other: string): Promise<string | null> {
    const { code, stdout } = await this.#try(["merge-base", one, other]);
    return code === 0 ? stdout.trim() : null;
  }

  /** The changes of the head since the merge base. */
  async changes(base: string, head: string, renames: boolean): Promise<ChangedFile[]> {
    const detect = renames ? "--find-renames" : "--no-renames";
    const from = (await this.mergeBase(base, head)) ?? base;
    const output = await this.run(["diff", "--raw", "--numstat", "-z", detect, from, head]);
    return changedFiles(output.split("\0"));
  }

  /** Commits on top of a branch, on top of `from` if the branch is new, or without a parent. */
  async write(branch: string, files: Files, { from, message }: { from?: string; message: string }): Promise<string> {
    const parent = (await this.commit(`refs/heads/${branch}`)) ?? (from === undefined ? null : await this.commit(from));
    const seconds = Math.floor(Date.now() / 1000);
    const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const lines = Object.entries(files).map(([path, content]) => {
      if (content === null) return `D ${path}\n`;
      const [mode, text] = typeof content === "string" ? ["100644", content] : ["120000", content.link];
      return `M ${mode} inline ${path}\n${data(text)}`;
    });
    const by = `committer Forge <forge@example.com> ${seconds} +0000\n`;
    const head = `commit refs/heads/${branch}\n${by}${data(message)}${parent ? `from ${parent}\n` : ""}`;
    await this.run(["fast-import", "--quiet"], `${head}${lines.join("")}\n`);
    return (await this.commit(`refs/heads/${branch}`)) ?? "";
  }

  #try(args: readonly string[], input?: string): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.directory, env: GIT_ENV, maxBuffer: 64 << 20 };
      const child = execFile("git", [...args], options, (error, stdout, stderr) => {
        if (error && typeof error.code !== "number") reject(error);
        else resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
      // Git may end before it has read everything; its exit code then shows that.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }
}

/** Both lists in one output: `:mode mode id id X\0path\0[path\0]`, then `added\tdeleted\tpath\0` or `added\tdeleted\t\0from\0to\0`. */
function changedFiles(fields: readonly string[]): ChangedFile[] {
  const names: Record<string, ChangedFile["status"]> = { A: "added", D: "removed", R: "renamed" };
  const found = new Map<string, ChangedFile>();
  const queue = [...fields];
  const next = () => queue.shift() ?? "";
  for (let field = next(); field !== ""; field = next()) {
    if (field.startsWith(":")) {
      const letter = field.split(" ")[4]?.[0] ?? "";
      const first = next();
      const [from, path] = letter === "R" ? [first, next()] : [null, first];
      found.set(path, { path, from, status: names[letter] ?? "modified", additions: 0, deletions: 0 });
    } else {
      const [added, deleted, name = ""] = field.split("\t");
      const from = name === "" ? next() : null;
      const path = from === null ? name : next();
      const file = found.get(path);
      // A binary file has "-" for both numbers.
      if (file) found.set(path, { ...file, additions: Number(added) || 0, deletions: Number(deleted) || 0 });
    }
  }
  return [...found.values()];
}
