import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import type { ImageName } from "../../model/names.js";
import { RegistryError } from "../../model/registry.js";
import type { RegistryCheck, RegistryRepair } from "../../model/registry-check.js";
import { fileDigest } from "../../registry/file-digest.js";
import { openChecker } from "../../registry/open-checker.js";
import { loadChecked, loadSettings } from "../catalogue/catalogue.js";
import { type RegistryOptions, registryReference } from "./registry.js";

export interface VerifyOptions extends Pick<RegistryOptions, "tlsVerify"> {
  /** A reference; left out: that of the settings. */
  readonly registry?: string;
  /** true: what is damaged is removed. */
  readonly repair?: boolean;
}

export interface VerifiedRegistry extends RegistryCheck {
  readonly registry: string;
  /** Downloads of this machine that are kept by their hash. */
  readonly state: { readonly files: number; readonly damaged: readonly string[] };
  /** null: nothing was to be repaired. */
  readonly repairs: readonly RegistryRepair[] | null;
}

/** Reads all of the registry and of what the state directory keeps by its hash. Raises RegistryError. */
export async function verifyRegistry(context: Context, options: VerifyOptions): Promise<VerifiedRegistry> {
  const { signal, catalogue: cwd, env } = context;
  const registry = registryReference(await loadSettings(context), options);
  const { tlsVerify = true } = options;
  const checked = join(stateRoot(context), "cache", "checked-blobs");
  const checker = openChecker(registry, { cwd, env, tlsVerify, checked }, async () => [
    ...(await loadChecked(context)).desired.images.keys(),
  ]);
  const check = await checker.check(signal);
  const state = await checkState(stateRoot(context));
  const isDamaged = check.damage.length > 0 || state.damaged.length > 0;
  if (!options.repair || !isDamaged) return { registry, ...check, state, repairs: null };
  const found = check.damage.length > 0 ? await checker.repair(check.damage, signal) : [];
  for (const file of state.damaged) await rm(file, { force: true });
  return { registry, ...check, state, repairs: await withCommands(context, found) };
}

/** An image that the catalogue does not have any more is not made again. */
async function withCommands(context: Context, repairs: readonly RegistryRepair[]): Promise<readonly RegistryRepair[]> {
  const images = await loadChecked(context).then(
    ({ desired }) => desired.images,
    () => undefined,
  );
  const isGone = ({ image, command }: RegistryRepair) =>
    command?.startsWith("slipway build ") && images !== undefined && !images.has(image as ImageName);
  return repairs.map((repair) => (isGone(repair) ? { ...repair, command: null } : repair));
}

/** Directories of the state whose files have their sha256 as name. */
const BY_HASH = ["cache/downloads/sha256", "cache/packages/sha256"];

async function checkState(root: string): Promise<VerifiedRegistry["state"]> {
  const damaged: string[] = [];
  let files = 0;
  for (const directory of BY_HASH.map((path) => join(root, path))) {
    for (const name of await namesIn(directory)) {
      files += 1;
      if ((await fileDigest(join(directory, name))) !== `sha256:${name}`) damaged.push(join(directory, name));
    }
  }
  return { files, damaged };
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new RegistryError(`${directory} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
