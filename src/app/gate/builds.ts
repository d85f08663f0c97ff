import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT } from "../../exit.js";
import type { Settings } from "../../model/catalogue.js";
import type { GateBuild } from "../../model/gate.js";
import type { BuildResult, Outcome } from "../../model/plan.js";
import { RegistryError, type SizedRegistry } from "../../model/registry.js";
import { keyTag } from "../../model/tags.js";
import { buildImages } from "../build/build.js";
import { openNamed, registryReference } from "../plan/plan.js";
import type { GatedChange } from "./report.js";

export interface GateBuildOptions {
  /** Registry that the images to build on may come from; left out: the one of the base branch's settings. */
  readonly readFrom?: string;
  readonly tlsVerify?: boolean;
  readonly jobs?: number;
}

/**
 * Builds and tests what a change affects, in a registry that is nobody else's: nothing is published. Images that the real
 * registry has are taken from there.
 */
export async function buildChange(
  context: Context,
  { judgement, plan }: GatedChange,
  options: GateBuildOptions,
): Promise<Map<string, GateBuild>> {
  const names = (plan?.steps ?? []).filter(({ action }) => action !== "delete").map(({ image }) => image);
  if (names.length === 0) return new Map();
  const registry = `oci:${join(stateRoot(context), "gate", "registry")}`;
  const { settings } = judgement;
  const readFrom = options.readFrom ?? usualRegistry(context, settings);
  const registryOptions = { ...options, registry, ...(readFrom === undefined ? {} : { readFrom }) };
  const results = await buildImages(context, { ...registryOptions, ref: judgement.head, record: false }, names);
  const published = readFrom === undefined ? undefined : openNamed(context, readFrom, options);
  const sources = { built: openNamed(context, registry, options), published };
  return gateBuilds(results, { judgement, plan }, sources);
}

/**
 * The registry of the settings. In a workflow not one in the checkout: the pull request could have committed a directory that
 * says that everything is built and tested.
 */
export function usualRegistry({ env }: Context, settings: Settings): string | undefined {
  const registry = registryReference(settings, {});
  return env.GITHUB_ACTIONS === "true" && registry.startsWith("oci:") ? undefined : registry;
}

export interface Registries {
  /** Has what was built; undefined: the results say themselves how large it is. */
  readonly built?: SizedRegistry | undefined;
  readonly published: SizedRegistry | undefined;
}

/** Puts results beside what is published now. */
export async function gateBuilds(
  results: readonly BuildResult[],
  { judgement, plan }: GatedChange,
  { built, published }: Registries,
): Promise<Map<string, GateBuild>> {
  const builds = new Map<string, GateBuild>();
  const byName = new Map(results.map((result) => [result.image, result]));
  const [now, before] = [asked(built), asked(published)];
  for (const { image } of plan?.steps ?? []) {
    const result = byName.get(image);
    if (result === undefined) continue;
    const { outcome, seconds, error, key } = result;
    const version = judgement.before.desired.images.get(image)?.node.definition.version;
    const old = version === undefined ? undefined : await before((registry) => registry.find(image, version));
    const bytes = key === null ? undefined : await now((registry) => registry.unpackedBytes(image, keyTag(key)));
    const previous = version && old ? await before((registry) => registry.unpackedBytes(image, version)) : undefined;
    builds.set(image, {
      // What an earlier gate has built is there already; only what is published now is no change.
      outcome: outcome === "unchanged" && old?.imageId !== result.imageId ? "built" : outcome,
      seconds,
      bytes: bytes ?? result.bytes,
      previousBytes: previous ?? null,
      error: error ? { code: error.code, message: error.message, tail: error.tail ?? [] } : null,
    });
  }
  return builds;
}

/** Asks a registry for what would be nice to know. Where it cannot be read nothing is, and it is not asked again. */
function asked(registry: SizedRegistry | undefined) {
  let source = registry;
  return async <T>(question: (registry: SizedRegistry) => Promise<T | undefined>): Promise<T | undefined> => {
    try {
      return source && (await question(source));
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      source = undefined;
      return undefined;
    }
  };
}

const OUTCOMES: readonly Outcome[] = ["built", "unchanged", "retagged", "skipped", "failed"];

/** Results of `slipway build --json` (or --results) in other jobs of the same workflow. A file that is none is a usage error. */
export async function readResults(files: readonly string[]): Promise<BuildResult[]> {
  const results = await Promise.all(
    files.map(async (file) => {
      const wrong = new CommandError(EXIT.usage, `${file} holds no results`, "they are made by: slipway build --json");
      const text = await readFile(file, "utf8").catch(() => {
        throw wrong;
      });
      return parseResults(text) ?? Promise.reject(wrong);
    }),
  );
  return results.flat();
}

function parseResults(text: string): BuildResult[] | undefined {
  try {
    const { results } = JSON.parse(text) as { results: BuildResult[] };
    return results.every(isResult) ? results : undefined;
  } catch {
    return undefined;
  }
}

/** What is used of it; the report's schema looks at the rest. */
const isResult = ({ image, outcome, seconds }: BuildResult) =>
  typeof image === "string" && OUTCOMES.includes(outcome) && typeof seconds === "number";
