import { execFile } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./actions/files.js";

const execute = promisify(execFile);

/** What `npm pack` reads besides build/bin, and what build/bin is made from. */
const PAGES = ["package.json", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "docs"];
const SOURCES = ["src/languages", "src/render/templates", "src/packages/programs"];

/**
 * Packs Slipway in a copy in an empty directory: what npm runs before it packs empties build/bin, which other tests run at the same
 * time. Returns the path of the tarball.
 */
export async function packSlipway(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const path of [...PAGES, ...SOURCES]) await cp(join(ROOT, path), join(directory, path), { recursive: true });
  const filter = (path: string) => path !== `${ROOT}build/bin` && path !== `${ROOT}build/bench`;
  await cp(`${ROOT}build`, join(directory, "build"), { recursive: true, filter });
  await symlink(`${ROOT}node_modules`, join(directory, "node_modules"));
  await execute(process.execPath, ["build/scripts/generate.js", "--clean"], { cwd: directory });
  const options = ["--ignore-scripts", "--json", "--pack-destination", directory];
  const { stdout } = await execute("npm", ["pack", ...options], { cwd: directory, env: npmEnvironment(directory) });
  return join(directory, (JSON.parse(stdout) as { filename: string }[])[0]?.filename ?? "");
}

/** Installs a tarball as a user does, without a network. Returns the directory of the package; its command is `bin/slipway` below `prefix`. */
export async function installPacked(tarball: string, prefix: string): Promise<string> {
  const args = ["install", "--global", "--prefix", prefix, "--offline", "--no-audit", "--no-fund", tarball];
  await mkdir(prefix, { recursive: true });
  await execute("npm", args, { cwd: prefix, env: npmEnvironment(dirname(tarball)) });
  return join(prefix, "lib/node_modules/slipway");
}

/** npm takes nothing from the settings and the cache of whoever runs the tests. */
const npmEnvironment = (home: string) => ({ PATH: process.env.PATH ?? "", HOME: home });
