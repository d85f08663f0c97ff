import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Plan } from "../../src/model/plan.js";
import { withMutex } from "../../src/system/mutex.js";
import { ROOT } from "./actions/files.js";
import type { TestCatalogue } from "./catalogue.js";
import { removeTree } from "./remove-tree.js";
import { assert } from "./suite.js";

const execute = promisify(execFile);

/** Images that are kept between runs, for a day. */
const basesDirectory = () => join(process.env.SLIPWAY_TEST_CACHE ?? `${ROOT}.slipway/test`, "bases");

/** Node.js and Python with their package managers: one root file system for all tests that install their packages. */
export const SCRIPTING_BASE = {
  list: "kind: SystemPackages\nos: debian\npackages: [{ name: nodejs }, { name: npm }, { name: python3-pip }]\n",
  bootstrap: "bootstrap: { manager: apt, suite: bookworm, packages: [nodejs, npm, python3-pip] }\n",
};

/** Python with pip, run by an unprivileged user. */
export const PYTHON_BASE = `kind: BaseImage
name: python
version: "1"
os: debian
language: python3
bootstrap: { manager: apt, suite: bookworm, variant: minbase, packages: [python3, python3-pip] }
run: { user: nobody }
`;

export interface Publishing {
  /** The directory of an OCI layout that does not exist yet. */
  readonly registry: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Publishes a bootstrapped image of a catalogue in a new registry. Slipway builds it, in a separate state directory, unless a
 * test has already built it today, because bootstrapping takes longer than everything else in most tests. Not for tests of
 * bootstrapping.
 */
export async function publishBase(
  catalogue: TestCatalogue,
  name: string,
  { registry, env }: Publishing,
): Promise<void> {
  const plan = await catalogue.json<Plan>(["plan", "--registry", `oci:${registry}`], 0, { env });
  const key = plan.steps.find(({ image }) => image === name)?.key;
  assert.type(key, "string", `no key of ${name}`);
  const bases = basesDirectory();
  const made = join(bases, `${today()}-${await identity(`${name} ${key}`, env)}`);
  await mkdir(bases, { recursive: true });
  await withMutex(`${made}.lock`, new AbortController().signal, async () => {
    if (!existsSync(made)) await make(catalogue, name, made, env);
  });
  await cp(made, registry, { recursive: true });
}

/** Copies a published image to a place that Buildah can pull from: it makes a name from `oci:` paths, and not every path is valid. */
export async function copyToDirectory(registry: string, name: string, directory: string): Promise<string> {
  await execute("skopeo", ["copy", "--quiet", `oci:${registry}:${name}:latest`, `dir:${directory}`]);
  return `dir:${directory}`;
}

/** The archive changes, so images made from it are not kept for long. */
const today = () => new Date().toISOString().slice(0, 10);

/** Everything that the image is made from and by. The build key covers only the definition, and the cache must not hide changes in code. */
async function identity(key: string, env: Readonly<Record<string, string>>): Promise<string> {
  const hash = createHash("sha256").update(`${key}\n`);
  for (const program of ["buildah", "mmdebstrap"]) hash.update((await execute(program, ["--version"])).stdout);
  const bundle = `${ROOT}build/bin`;
  for (const file of readdirSync(bundle).sort()) hash.update(readFileSync(join(bundle, file)));
  if (env.SLIPWAY_APT_SOURCES !== undefined) hash.update(readFileSync(env.SLIPWAY_APT_SOURCES));
  return hash.digest("hex");
}

async function make(
  catalogue: TestCatalogue,
  name: string,
  made: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const bases = dirname(made);
  for (const old of readdirSync(bases)) if (!old.startsWith(today())) await removeTree(join(bases, old));
  const state = catalogue.workspace.path(`state-of-${name}`);
  const unfinished = `${made}.unfinished`;
  await removeTree(unfinished);
  await catalogue.expect(0, ["build", name, "--registry", `oci:${unfinished}`], {
    env: { ...env, SLIPWAY_STATE: state },
  });
  await catalogue.workspace.clear(state);
  await removeTree(state);
  await rename(unfinished, made);
}
