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
import type { GatedChange } from "./change.js";

export interface GateBuildOptions {
  /** The registry that images to build on may come from; omitted: that of the base branch's settings. */
  readonly readFrom?: string;
  readonly tlsVerify?: boolean;
  readonly jobs?: number;
  readonly verbose?: boolean;
}

/**
 * Builds and tests what a change affects, in a registry that only the gate uses: nothing is published. Images that the real
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
  // The branch's settings decide: a change must not open the machine that judges it.
  const isolated = { ...context, isolation: context.isolation ?? settings.builderIsolation };
  const results = await buildImages(
    isolated,
    { ...registryOptions, ref: judgement.head, record: false, report: false },
    names,
  );
  const published = readFrom === undefined ? undefined : openNamed(context, readFrom, options);
  const sources = { built: openNamed(context, registry, options), published };
  return gateBuilds(results, { judgement, plan }, sources);
}

/**
 * The registry of the settings. In a workflow it is not used if it is in the checkout: the pull request could have committed a
 * directory that claims that everything is built and tested.
 */
export function usualRegistry({ env }: Context, settings: Settings): string | undefined {
  const registry = registryReference(settings, {});
  return env.GITHUB_ACTIONS === "true" && registry.startsWith("oci:") ? undefined : registry;
}

export interface Registries {
  /** Has the images that were built; undefined: the results have their sizes. */
  readonly built?: SizedRegistry | undefined;
  readonly published: SizedRegistry | undefined;
}

/** Compares the results of builds with the images that are published now. */
export async function gateBuilds(
  results: readonly BuildResult[],
  { judgement, plan }: GatedChange,
  { built, published }: Registries,
): Promise<Map<string, GateBuild>> {
  const builds = new Map<string, GateBuild>();
  const byName = new Map(results.map((result) => [result.image, result]));
  const [askBuilt, askPublished] = [optional(built), optional(published)];
  for (const { image } of plan?.steps ?? []) {
    const result = byName.get(image);
    if (result === undefined) continue;
    const { outcome, seconds, error, key } = result;
    const version = judgement.before.desired.images.get(image)?.node.definition.version;
    const old = version === undefined ? undefined : await askPublished((registry) => registry.find(image, version));
    const bytes = key === null ? undefined : await askBuilt((registry) => registry.unpackedBytes(image, keyTag(key)));
    const previous =
      version && old ? await askPublished((registry) => registry.unpackedBytes(image, version)) : undefined;
    builds.set(image, {
      // An image of an earlier gate run is found as `unchanged`; only one that is published now really is.
      outcome: outcome === "unchanged" && old?.imageId !== result.imageId ? "built" : outcome,
      seconds,
      bytes: bytes ?? result.bytes,
      previousBytes: previous ?? null,
      error: error ? { code: error.code, message: error.message, tail: error.tail ?? [] } : null,
    });
  }
  return builds;
}

/** Asks a registry for details that the report can do without. If it fails, every answer is undefined and it is not asked again. */
function optional(registry: SizedRegistry | undefined) {
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

/**
 * Reads the results of `slipway build --json` (or --results) in other jobs of the same workflow. Any other file is a usage error.
 */
export async function readResults(files: readonly string[]): Promise<BuildResult[]> {
  const results = await Promise.all(
    files.map(async (file) => {
      const wrong = new CommandError(EXIT.usage, `${file} holds no results`, "to make some: slipway build --json");
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

/** Checks the members that are used here; the report's schema checks the rest. */
const isResult = ({ image, outcome, seconds }: BuildResult) =>
  typeof image === "string" && OUTCOMES.includes(outcome) && typeof seconds === "number";
