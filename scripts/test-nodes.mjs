// Runs the unit tests, those of the command line and a real build on each Node.js that Slipway is meant for:
// `npm run test:nodes [-- VERSION...]`. npm's package `node` brings the programs, which stay in .slipway/node; the Node.js that
// runs this is used where it is the requested one. Plain JavaScript, as setup.mjs, which has built the tests before.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The oldest that package.json allows, and every later line that is supported for long. */
const VERSIONS = ["20.19", "22", "24"];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const requested = process.argv.slice(2);
const unknown = requested.filter((version) => !VERSIONS.includes(version));
if (unknown.length > 0) {
  console.error(`test-nodes: ${unknown.join(" ")}: one of ${VERSIONS.join(", ")}`);
  process.exit(2);
}
const failed = (requested.length > 0 ? requested : VERSIONS).filter((version) => !passes(version));
if (failed.length > 0) console.log(`FAIL Node.js ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;

function passes(version) {
  const node = nodeOf(version);
  if (node === undefined) return false;
  console.log(`Node.js ${spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim()}`);
  // First on the search path as well, for what tests start by name.
  const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` };
  const runs = [["build/test", "--unit"], ["build/test/cli"], ["build/test/e2e/build.test.js"]].map((args) =>
    spawnSync(node, ["build/test/support/runner.js", ...args], { cwd: root, env, stdio: "inherit" }),
  );
  return runs.every(({ status }) => status === 0);
}

/** The path of its program; undefined, with what npm said, where it cannot be installed. */
function nodeOf(version) {
  if (`${process.versions.node}.`.startsWith(`${version}.`)) return process.execPath;
  const directory = join(root, ".slipway/node", version);
  const program = join(directory, "node_modules/node/bin/node");
  if (existsSync(program)) return program;
  mkdirSync(directory, { recursive: true });
  const options = ["--no-audit", "--no-fund", "--loglevel=error", "--prefix", directory];
  const { status } = spawnSync("npm", ["install", ...options, `node@${version}`], { cwd: directory, stdio: "inherit" });
  if (status === 0 && existsSync(program)) return program;
  console.error(`test-nodes: npm has not installed node@${version}`);
  return undefined;
}
