import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findReport } from "./find-report.js";
import { ActionError, type ActionRun, asCommand, invocation, registryOf } from "./invocation.js";
import { matrixOutputs } from "./matrix.js";

/*
 * What the composite action runs: `action.js find-report | run`, bundled beside the command (scripts/generate.ts). Inputs come in INPUT_* variables, as for JavaScript actions, so
 * that no text of a pull request ever passes through a shell.
 */
const CLI = fileURLToPath(new URL("./cli.js", import.meta.url));
const { env } = process;

/** What a build must not have: the files that pass data to later steps, and tokens. */
const PRIVATE = ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_TOKEN", "SLIPWAY_MEMBERS_TOKEN"];

const inputs = {
  command: env.INPUT_COMMAND ?? "",
  catalogue: env.INPUT_CATALOGUE || ".",
  registry: env.INPUT_REGISTRY ?? "",
  readFrom: env.INPUT_READ_FROM ?? "",
  images: env.INPUT_IMAGES ?? "",
  jobs: env.INPUT_JOBS ?? "",
};

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  if (!(error instanceof ActionError)) throw error;
  console.error(`slipway action: ${error.message}`);
  process.exitCode = 2;
}

async function main(what: string | undefined): Promise<number> {
  if (what === "find-report") return await outputReport();
  if (what === "run") return await run();
  throw new ActionError("usage: action.js find-report | run");
}

function actionRun(): ActionRun {
  const temp = env.RUNNER_TEMP ?? "";
  if (temp === "") throw new ActionError("RUNNER_TEMP is not set: this program is for GitHub Actions");
  return {
    event: env.GITHUB_EVENT_NAME ?? "",
    payload: JSON.parse(readFileSync(env.GITHUB_EVENT_PATH ?? "", "utf8")),
    repository: env.GITHUB_REPOSITORY ?? "",
    server: env.GITHUB_SERVER_URL ?? "https://github.com",
    sha: env.GITHUB_SHA ?? "",
    temp,
    results: env.INPUT_RESULTS ? filesBelow(`${temp}/slipway-results`) : undefined,
  };
}

async function outputReport(): Promise<number> {
  const { payload, repository } = actionRun();
  const id = await findReport(payload, repository, askGitHub);
  if (id === undefined) console.log("There is no report for this commit: nothing to publish.");
  else output({ run: String(id) });
  return 0;
}

async function askGitHub(path: string): Promise<unknown> {
  const headers = { accept: "application/vnd.github+json", authorization: `Bearer ${env.GITHUB_TOKEN}` };
  const answer = await fetch(`${env.GITHUB_API_URL}${path}`, { headers }).catch((error: Error) => error);
  if (answer instanceof Error) throw new ActionError(`${env.GITHUB_API_URL} does not answer: ${answer.message}`);
  if (!answer.ok) throw new ActionError(`GET ${path}: HTTP ${answer.status}; the job needs \`actions: read\``);
  return await answer.json();
}

async function run(): Promise<number> {
  const actions = actionRun();
  const command = asCommand(inputs.command);
  const args = invocation(inputs, actions);
  mkdirSync(`${actions.temp}/slipway-state`, { recursive: true });
  if (args.includes("--registry") && command !== "build") logIn(registryOf(inputs, actions), actions.temp);
  console.log(`slipway ${args.map((argument) => JSON.stringify(argument)).join(" ")}`);
  const { code, stdout } = await slipway(args, actions.temp);
  if (command === "plan" && code === 0) output(matrixOutputs(stdout));
  return code;
}

/**
 * Runs the command in the checkout. Its state is elsewhere: a pull request could have committed a `.slipway` that says that
 * everything was built and tested. What it prints includes the output of builds, so the runner must not obey it; only `gate`
 * writes annotations, and takes care of what it prints.
 */
async function slipway(args: readonly string[], temp: string): Promise<{ code: number; stdout: string }> {
  const quiet = args[0] !== "gate";
  const token = randomUUID();
  if (quiet) console.log(`::stop-commands::${token}`);
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...environment(args), SLIPWAY_STATE: `${temp}/slipway-state` },
    // `gate` prints for people; the standard output of the others is data. Standard error goes to the same pipe as the lines
    // above and below: Actions reads two pipes in any order, and would obey a line that overtakes them.
    stdio: ["ignore", quiet ? "pipe" : 1, 1],
  });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => {
    stdout += chunk;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
  if (quiet) console.log(`${stdout.trimEnd()}\n::${token}::`);
  return { code, stdout };
}

function environment(args: readonly string[]): NodeJS.ProcessEnv {
  if (args.includes("--publish")) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !PRIVATE.includes(name)));
}

/** Lets Slipway and Buildah push to GitHub's packages. Credentials for other registries come from `buildah login`. */
function logIn(registry: string, temp: string): void {
  const host = "ghcr.io";
  if (!registry.startsWith(`docker://${host}/`) || !env.GITHUB_TOKEN || env.REGISTRY_AUTH_FILE) return;
  const auth = Buffer.from(`${env.GITHUB_ACTOR}:${env.GITHUB_TOKEN}`).toString("base64");
  env.REGISTRY_AUTH_FILE = `${temp}/slipway-auth.json`;
  writeFileSync(env.REGISTRY_AUTH_FILE, JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
}

function output(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    // A value is a number or JSON on one line: a line break would start another output.
    if (/[\r\n]/.test(value)) throw new ActionError(`the output ${name} has a line break`);
    appendFileSync(env.GITHUB_OUTPUT ?? "/dev/stdout", `${name}=${value}\n`);
  }
}

/** The files of build jobs; a missing folder means that there were none. */
function filesBelow(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => `${folder}/${name}`);
}
