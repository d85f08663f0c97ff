import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Contestant, call } from "./measure.js";

/** The command under test, as built beside this file. */
export const CLI = fileURLToPath(new URL("../bin/cli.js", import.meta.url));

/** The root of the project, where the reference catalogue and docs/ are. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

export interface SlipwayOptions {
  readonly cwd: string;
  /** Where storage, logs and mutexes go; default: `.slipway` in the catalogue. */
  readonly state?: string;
  /** Another command line program than CLI. */
  readonly cli?: string;
}

/** Runs one command and returns its standard output. */
export function slipway(args: readonly string[], { cwd, state, cli = CLI }: SlipwayOptions): string {
  const env = state === undefined ? process.env : { ...process.env, SLIPWAY_STATE: state };
  return call(process.execPath, [cli, ...args], { cwd, env });
}

/** The most memory that the process of one command takes, in bytes; what it starts does not count. */
export function peakMemory(directory: string, args: readonly string[]): number {
  const tell = 'process.on("exit", () => writeSync(2, "peak " + process.resourceUsage().maxRSS));';
  const preload = `data:text/javascript,${encodeURIComponent(`import { writeSync } from "node:fs"; ${tell}`)}`;
  const all = ["--import", preload, CLI, ...args];
  const { stderr } = spawnSync(process.execPath, all, { cwd: directory, encoding: "utf8", maxBuffer: 1 << 28 });
  return Number(/peak ([0-9]+)$/.exec(stderr)?.[1]) * 1024;
}

/** The minimum cost of every program written in Node. */
export const NODE_START: Contestant = { name: "node -e 0", run: () => void call(process.execPath, ["-e", "0"]) };

export interface BuildOptions extends SlipwayOptions {
  readonly layout: string;
}

interface Result {
  readonly image: string;
  readonly outcome: string;
  readonly imageId: string;
}

/** Runs `slipway build` into a layout. */
export function buildJson(args: readonly string[], { layout, ...options }: BuildOptions): readonly Result[] {
  const output = slipway(["build", "--json", "--registry", `oci:${layout}`, ...args], options);
  return (JSON.parse(output) as { readonly results: readonly Result[] }).results;
}
