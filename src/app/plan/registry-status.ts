import { type Context, stateRoot } from "../../context.js";
import type { ImageStatus, PublishedAs } from "../../model/image-status.js";
import type { Observations } from "../../model/observation.js";
import type { SizedRegistry } from "../../model/registry.js";
import { tagReference } from "../../registry/open.js";
import { attachedPublication } from "../../registry/publication-time.js";
import { readFailures } from "../../run/last-results.js";
import { runningBuilds } from "../../run/running-builds.js";
import { imageNamed, loadChecked } from "../catalogue/catalogue.js";
import { type FactFilter, type ImageFacts, imageFacts, matching } from "./image-facts.js";
import { openNamed, type RegistryOptions, registryReference } from "./registry.js";
import { planLoaded, type RegistryPlan } from "./registry-plan.js";
import { type Standing, standings, statusNamed } from "./status.js";

export interface StatusOptions extends RegistryOptions, FactFilter {
  readonly ref?: string;
  /** Only images of these statuses. */
  readonly only?: readonly string[];
  /** true: also what the registry has of each image, which takes a few requests an image. */
  readonly details?: boolean;
}

/** Where the named images, or all, stand in the registry, in build order. Throws RegistryError. */
export async function registryStatus(
  context: Context,
  options: StatusOptions,
  names: readonly string[],
): Promise<ImageStatus[]> {
  // What is mistyped is said before a registry is asked.
  const only = options.only?.map(statusNamed);
  const loaded = await loadChecked(context, options.ref);
  const selection = new Set(names.map((name) => imageNamed(loaded, name).node.name));
  const wanted = matching(imageFacts(loaded), options);
  const planned = await planLoaded(context, loaded, options);
  const all = standings(await statusInputs(context, planned));
  const chosen = wanted.flatMap((facts) => {
    const standing = all.get(facts.image) as Standing;
    const isChosen = (selection.size === 0 || selection.has(facts.image)) && (only?.includes(standing.status) ?? true);
    return isChosen ? [{ facts, standing }] : [];
  });
  const { settings } = loaded.desired;
  const reference = registryReference(settings, options);
  const registry = options.details ? openNamed(context, reference, options) : undefined;
  return Promise.all(
    chosen.map(async ({ facts, standing: { failure = null, ...verdict } }): Promise<ImageStatus> => {
      const { image, version, ...rest } = facts;
      const pull = tagReference(reference, context.catalogue, `${image}:${version}`);
      const published = registry ? await publishedAs(registry, facts, planned.observations) : null;
      return { image, version, ...verdict, reference: pull, ...rest, published, failure };
    }),
  );
}

/** What a status needs besides the plan: what the state directory knows. */
async function statusInputs(context: Context, { loaded, plan, observations }: RegistryPlan) {
  const state = stateRoot(context);
  const keys = plan.steps.flatMap(({ key }) => (key === null ? [] : [key]));
  const [failures, building] = await Promise.all([readFailures(state), runningBuilds(state, keys, context.signal)]);
  return { loaded, plan, observations, failures, building };
}

async function publishedAs(
  registry: SizedRegistry,
  { image, version }: ImageFacts,
  observations: Observations,
): Promise<PublishedAs | null> {
  const details = await registry.details(image, version);
  if (details === undefined) return null;
  const { imageId, manifestDigest: digest, bytes } = details;
  const created = (await attachedPublication(registry, image, digest)) ?? details.created ?? null;
  const pointers = observations.get(image)?.tags.pointers ?? [];
  const candidates = pointers.filter((tag) => tag !== version);
  const found = await Promise.all(candidates.map((tag) => registry.find(image, tag)));
  const tags = [version, ...candidates.filter((_, index) => found[index]?.manifestDigest === digest)];
  return { digest, imageId, bytes, created, tags };
}
