import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import type { Settings } from "../../model/catalogue.js";
import type { RunBuildah, SizedRegistry, StoringRegistry } from "../../model/registry.js";
import { LayeredRegistry } from "../../registry/layered.js";
import { openRegistry } from "../../registry/open.js";

export interface RegistryOptions {
  readonly registry?: string;
  readonly tlsVerify?: boolean;
  /** A registry underneath the first one: what it has is not built again, and nothing is written to it. */
  readonly readFrom?: string;
  /** true: an answer that does not come at once does not come at all. */
  readonly isHasty?: boolean;
  /** true: the registry is asked about every image; the state of the catalogue that it keeps is not believed. */
  readonly fresh?: boolean;
}

export const registryReference = (settings: Settings, options: RegistryOptions) =>
  options.registry ?? settings.registry;

/** Opens one registry by its reference. `buildah` is called when something is published. */
export function openNamed(
  context: Context,
  reference: string,
  { tlsVerify = true, isHasty = false, fresh = false }: Pick<RegistryOptions, "tlsVerify" | "isHasty" | "fresh">,
  buildah: RunBuildah = publishesNothing,
): SizedRegistry {
  const { catalogue: cwd, env, note } = context;
  const checked = join(stateRoot(context), "cache", "checked-blobs");
  return openRegistry(reference, { cwd, env, tlsVerify, isHasty, isFresh: fresh, buildah, checked, note });
}

const publishesNothing: RunBuildah = async () => {
  throw new Error("this command publishes nothing");
};

/**
 * Opens the registry of the settings and options. `buildah` is called when something is published; commands that only read omit
 * it.
 */
export function openRegistryFor(
  context: Context,
  settings: Settings,
  options: RegistryOptions,
  buildah: RunBuildah = publishesNothing,
): StoringRegistry {
  const upper = openNamed(context, registryReference(settings, options), options, buildah);
  if (options.readFrom === undefined) return upper;
  return new LayeredRegistry(upper, openNamed(context, options.readFrom, options, buildah), ({ message }) =>
    context.note(`slipway: nothing is taken from ${options.readFrom}: ${message}\n`),
  );
}
