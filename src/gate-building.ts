import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildImages } from "./building.js";
import { type Context, stateRoot } from "./context.js";
import { CommandError, EXIT } from "./exit.js";
import type { Gated } from "./gating.js";
import type { Settings } from "./model/catalogue.js";
import type { GateBuild } from "./model/gate.js";
import type { BuildResult, Outcome } from "./model/plan.js";
import type { SizedRegistry } from "./model/registry.js";
import { openRegistryFor, registryReference } from "./session.js";

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
export async function buildGated(
  context: Context,
  { judged, plan }: Gated,
  options: GateBuildOptions,
): Promise<Map<string, GateBuild>> {
  const names = (plan?.steps ?? []).filter(({ action }) => action !== "delete").map(({ image }) => image);
  if (names.length === 0) return new Map();
  const registry = `oci:${join(stateRoot(context), "gate", "registry")}`;
  const { settings } = judged;
  const readFrom = options.readFrom ?? usualRegistry(context, settings);
  const registryOptions = { ...options, registry, ...(readFrom === undefined ? {} : { readFrom }) };
  const results = await buildImages(context, { ...registryOptions, ref: judged.head, record: false }, names);
  return gateBuilds(results, { judged, plan }, openRegistryFor(context, settings, registryOptions));
}

/**
 * The registry of the settings. In a workflow not one in the checkout: the pull request could have committed a directory that
 * says that everything is built and tested.
 */
function usualRegistry({ env }: Context, settings: Settings): string | undefined {
  const registry = registryReference(settings, {});
  return env.GITHUB_ACTIONS === "true" && registry.startsWith("oci:") ? undefined : registry;
}

/** Puts results beside what is published now. */
export async function gateBuilds(
  results: readonly BuildResult[],
  { judged, plan }: Gated,
  registry: SizedRegistry,
): Promise<Map<string, GateBuild>> {
  const builds = new Map<string, GateBuild>();
  const affected = new Map(results.map((result) => [result.image, result]));
  for (const { image } of plan?.steps ?? []) {
    const result = affected.get(image);
    if (result === undefined) continue;
    const { outcome, seconds, error } = result;
    const published = judged.before.desired.images.get(image)?.node.definition.version;
    builds.set(image, {
      outcome,
      seconds,
      bytes: (result.key && (await registry.unpackedBytes(image, `k-${result.key}`))) ?? result.bytes,
      previousBytes: (published && (await registry.unpackedBytes(image, published))) || null,
      error: error ? { code: error.code, message: error.message, tail: error.tail ?? [] } : null,
    });
  }
  return builds;
}

const OUTCOMES: readonly Outcome[] = ["built", "unchanged", "retagged", "skipped", "failed"];

/** Results of `slipway build --json` in other jobs of the same workflow. A file that is none is a usage error. */
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
