import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { JobState } from "./job-state.js";

const execute = promisify(execFile);

type Inputs = Readonly<Record<string, string>>;

/** The stand-in for one of GitHub's actions. It returns the log, and throws if the action would fail. */
type KnownAction = (inputs: Inputs, job: JobState) => Promise<string>;

export const KNOWN_ACTIONS: Readonly<Record<string, KnownAction>> = {
  "actions/checkout": checkout,
  "actions/upload-artifact": upload,
  "actions/download-artifact": download,
  "actions/attest-build-provenance": attest,
  // The test's machine already has Node.js, and nothing worth caching.
  "actions/setup-node": async () => "",
  "actions/cache": async () => "",
};

const CHECKOUT = ["ref", "repository", "path", "fetch-depth", "persist-credentials", "token"];

/** https://github.com/actions/checkout, with the inputs above only. */
async function checkout(inputs: Inputs, job: JobState): Promise<string> {
  const unknown = Object.keys(inputs).filter((name) => !CHECKOUT.includes(name));
  if (unknown.length > 0) throw new Error(`actions/checkout: this runner does not know ${unknown.join(", ")}`);
  const { github } = job.contexts;
  const repository = inputs.repository || String(github.repository);
  const directory = inside(job.workspace, inputs.path || ".");
  const token = inputs.token ?? job.token;
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  const header = token === "" ? [] : ["-c", `http.extraHeader=Authorization: Basic ${basic}`];
  const git = async (...args: string[]) =>
    (await execute("git", ["-C", directory, ...args], { env: gitEnv(job) })).stdout.trim();
  const depth = inputs["fetch-depth"] === "0" ? [] : [`--depth=${inputs["fetch-depth"] || "1"}`];
  const fetch = (...refs: string[]) =>
    git(...header, "fetch", "-q", "--no-tags", "--no-auto-gc", ...depth, "origin", ...refs);

  // The real action also empties the directory, which is why two checkouts need two paths.
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await git("init", "-q", "--template=");
  await git("remote", "add", "origin", job.host.remote(repository));
  const own = repository === github.repository;
  const wanted = inputs.ref || (own ? String(github.sha) : "HEAD");
  if (depth.length === 0) await fetch("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*");
  const commit = await resolveRef(wanted, { git, fetch });
  await git("checkout", "-q", "--detach", commit);
  if (inputs["persist-credentials"] !== "false")
    await git("config", "http.extraHeader", `Authorization: Basic ${basic}`);
  return `checked out ${commit}\n`;
}

interface Git {
  readonly git: (...args: string[]) => Promise<string>;
  readonly fetch: (...refs: string[]) => Promise<string>;
}

/** Resolves a commit, a full ref, a branch, or a tag. A name cannot become an option, because it follows the `+` of a refspec. */
async function resolveRef(wanted: string, { git, fetch }: Git): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(wanted)) {
    await git("cat-file", "-e", wanted).catch(() => fetch(wanted));
    return wanted;
  }
  const names = /^refs\/|^HEAD$/.test(wanted) ? [wanted] : [`refs/heads/${wanted}`, `refs/tags/${wanted}`];
  for (const name of names) {
    const found = await fetch(`+${name}:refs/slipway-runner/wanted`).then(
      () => true,
      () => false,
    );
    if (found) return await git("rev-parse", "--verify", "refs/slipway-runner/wanted^{commit}");
  }
  throw new Error(`actions/checkout: no such ref: ${wanted}`);
}

async function upload(inputs: Inputs, job: JobState): Promise<string> {
  const path = resolve(job.workspace, inputs.path ?? "");
  const kept = await job.host.artifacts.put(job.runId, inputs.name || "artifact", path, inputs.overwrite === "true");
  if (!kept && inputs["if-no-files-found"] === "error") throw new Error(`no files were found at ${path}`);
  return kept ? `artifact ${inputs.name}\n` : `no files were found at ${path}\n`;
}

/** One artifact, by name, goes directly to `path`; several, by pattern, each go to a folder of their name. */
async function download(inputs: Inputs, job: JobState): Promise<string> {
  const { artifacts } = job.host;
  const run = Number(inputs["run-id"] || job.runId);
  if (run !== job.runId && !inputs["github-token"]) throw new Error("another run's artifact needs github-token");
  const target = resolve(job.workspace, inputs.path || ".");
  const names = await artifacts.names(run);
  await mkdir(target, { recursive: true });
  if (inputs.name) {
    if (!names.includes(inputs.name)) throw new Error(`Artifact not found for name: ${inputs.name}`);
    await cp(artifacts.path(run, inputs.name), target, { recursive: true });
    return `artifact ${inputs.name} of run ${run}\n`;
  }
  const [start = "", end = ""] = (inputs.pattern ?? "*").split("*");
  const matching = names.filter((name) => name.startsWith(start) && name.endsWith(end));
  for (const name of matching) await cp(artifacts.path(run, name), join(target, name), { recursive: true });
  return `${matching.length} artifacts of run ${run}\n`;
}

/** Says what would be attested, by a job with the rights for it. Nothing is signed. */
async function attest(inputs: Inputs, job: JobState): Promise<string> {
  for (const right of ["id-token", "attestations"]) {
    if (job.permissions[right] !== "write") throw new Error(`actions/attest-build-provenance needs ${right}: write`);
  }
  const sums = await readFile(resolve(job.workspace, inputs["subject-checksums"] ?? ""), "utf8");
  return sums.replace(/^/gm, (_, at) => (at < sums.length ? "attested " : ""));
}

function inside(workspace: string, path: string): string {
  const directory = resolve(workspace, path);
  if (directory !== workspace && !directory.startsWith(`${workspace}/`))
    throw new Error(`${path} is outside of the workspace`);
  return directory;
}

/** Git must neither read the settings of the user who runs the tests nor ask for a password. */
function gitEnv(job: JobState): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: job.home, GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };
}
