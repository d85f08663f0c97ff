import { join } from "node:path";
import { type Context, stateRoot } from "../../context.js";
import { CommandError, EXIT, expectedFailure } from "../../exit.js";
import type { ImageNode } from "../../model/graph.js";
import type { ImageRecord } from "../../model/plan.js";
import type { PullReference } from "../../model/registry.js";
import type { CataloguePins, GroupUpdates, Offer, OfferQuestion, PackagePins, ScopePins } from "../../model/update.js";
import { allManagers, managerFor } from "../../packages/managers.js";
import { readOffers } from "../../packages/read-offers.js";
import { parseExternalReference, tagDigest } from "../../registry/tag-digest.js";
import { type BaseAnswer, chooseUpdates, type ScopeAnswer, scopeKey } from "../../resolve/choose-updates.js";
import { updatePins } from "../../resolve/update-pins.js";
import { StepFailure } from "../../run/runner.js";
import { type DeferredWorkshop, deferredWorkshop } from "../build/build.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { openRegistryFor, type RegistryOptions, registryReference } from "../plan/plan.js";

export interface FindOptions extends RegistryOptions {
  /** The groups to look at; omitted: all. */
  readonly group?: readonly string[];
}

export interface AvailableUpdates {
  readonly groups: readonly GroupUpdates[];
  /** Every group of the catalogue, including those that were not looked at. */
  readonly groupNames: ReadonlySet<string>;
}

/** Asks every source of a catalogue what is newer. A source that does not answer is a problem of the groups that need it. */
export async function findUpdates(
  context: Context,
  loaded: LoadedCatalogue,
  options: FindOptions,
): Promise<AvailableUpdates> {
  const all = updatePins(loaded.catalogue, loaded.graph, (kind, scope) => managerFor(kind, scope, loaded.catalogue));
  const groupNames = groupsOf(all);
  requireGroups(groupNames, options);
  const pins = options.group === undefined ? all : selectGroups(all, new Set(options.group));
  const bases = new Map<string, BaseAnswer>();
  const scopes = new Map<string, ScopeAnswer>();
  const workshop = deferredWorkshop(context, loaded);
  const sources: SourceContext = { context, loaded, options, requireWorkshop: workshop.open };
  try {
    const answers = await Promise.allSettled([
      ...pins.bases.map(async ({ ref }) => bases.set(ref, await askRegistry(sources, ref))),
      ...pins.scopes.map(async (scope) => scopes.set(scopeKey(scope), await askScope(sources, scope))),
    ]);
    const failure = answers.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  } finally {
    await workshop.close();
  }
  context.signal.throwIfAborted();
  return { groups: chooseUpdates(pins, { bases, scopes }), groupNames };
}

/** Fails with a usage error where the options name a group that does not exist. */
function requireGroups(existing: ReadonlySet<string>, { group: names = [] }: FindOptions): void {
  const unknown = names.find((name) => !existing.has(name));
  if (unknown === undefined) return;
  const list =
    existing.size === 0 ? "nothing here has an exact version" : `there are ${[...existing].sort().join(", ")}`;
  throw new CommandError(EXIT.usage, `no group of updates is named ${JSON.stringify(unknown)}`, list);
}

function groupsOf({ bases, scopes }: CataloguePins): Set<string> {
  return new Set([...bases, ...scopes.flatMap(({ packages }) => packages)].map(({ group }) => group));
}

function selectGroups({ bases, scopes }: CataloguePins, names: ReadonlySet<string>): CataloguePins {
  const isSelected = ({ group }: { readonly group: string }) => names.has(group);
  const selected = scopes.map((scope) => ({ ...scope, packages: scope.packages.filter(isSelected) }));
  return { bases: bases.filter(isSelected), scopes: selected.filter(({ packages }) => packages.length > 0) };
}

interface SourceContext {
  readonly context: Context;
  readonly loaded: LoadedCatalogue;
  readonly options: FindOptions;
  readonly requireWorkshop: DeferredWorkshop["open"];
}

async function askRegistry({ context, loaded, options }: SourceContext, ref: string): Promise<BaseAnswer> {
  const reference = parseExternalReference(ref);
  if (reference === undefined) return { problem: `${ref}: not a reference of the form HOST/NAME:TAG` };
  const { host } = reference;
  // Certificates may be skipped only for this catalogue's registry and for this machine.
  const catalogueHost = registryReference(loaded.desired.settings, options).split("/")[2];
  const isTrusted = host === catalogueHost || /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(host);
  const lax = options.tlsVerify === false && isTrusted;
  return orProblem(ref, async () => {
    const digest = await tagDigest(reference, { tlsVerify: !lax, env: context.env }, context.signal);
    return { digest, registry: host, today: context.today() };
  });
}

async function askScope(sources: SourceContext, { scope, syntax, packages }: ScopePins): Promise<ScopeAnswer> {
  const { context, loaded, requireWorkshop } = sources;
  const manager = allManagers(loaded.catalogue.languages).find(({ name }) => name === syntax.name);
  if (manager === undefined) return { problem: `${scope}: there is no package manager` };
  const { offers } = manager;
  if (offers === undefined) {
    context.note(`${manager.name} cannot be asked yet: no updates for ${count(packages.length)} of ${scope}\n`);
    return { offers: new Map(packages.map(({ name }) => [name, NOTHING])), where: manager.name };
  }
  return orProblem(scope, async () => {
    const published = await publishedImage(sources, syntax.kind, scope);
    if ("problem" in published) return published;
    const { image, record, pull } = published;
    context.note(`asking ${manager.name} in ${image} for the versions of ${count(packages.length)}\n`);
    const questions = packages.map(questionOf);
    const stdout = await (await requireWorkshop()).ask({
      image: { imageId: record.imageId, pull },
      command: offers(questions),
      log: join(stateRoot(context), "logs", `update-${scope}.log`),
      signal: context.signal,
    });
    return { offers: readOffers(stdout, questions, syntax), where: `${manager.name} in ${image}` };
  });
}

const count = (packages: number) => (packages === 1 ? "1 package" : `${packages} packages`);

/** The answer that keeps every version. */
const NOTHING: Offer = { offered: [], current: [] };

const questionOf = ({ name, listed, requested }: PackagePins): OfferQuestion => ({
  name,
  current: [...new Set([...listed, ...requested].map(({ current }) => current))],
});

interface PublishedImage {
  readonly image: string;
  readonly record: ImageRecord;
  readonly pull: PullReference;
}

/**
 * An image of the operating system or language that has been published: the package manager in it has the sources that builds have.
 * For a language, images that install packages of it come first, as only they are sure to have its package manager.
 */
async function publishedImage(
  { context, loaded, options }: SourceContext,
  kind: "system" | "runtime",
  scope: string,
): Promise<PublishedImage | { readonly problem: string }> {
  const { desired } = loaded;
  const has = ({ os, language }: ImageNode) => (kind === "system" ? os : language) === scope;
  const nodes = [...desired.images.values()].map(({ node }) => node).filter(has);
  const installs = ({ definition }: ImageNode) => kind === "runtime" && definition.runtimePackages.length > 0;
  const [first, ...others] = [...nodes.filter(installs), ...nodes.filter((node) => !installs(node))];
  if (first === undefined) return { problem: `${scope}: no image has it, so its package manager cannot be asked` };
  const registry = openRegistryFor(context, desired.settings, options);
  for (const { name, definition } of [first, ...others]) {
    for (const tag of ["latest", definition.version]) {
      const record = await registry.find(name, tag);
      if (record) return { image: name, record, pull: registry.reference(name, tag) };
    }
  }
  return { problem: `${scope}: build ${first.name} first, so that its package manager can be asked` };
}

/** Turns an expected failure into the reason why there is no answer. Rethrows interruptions and bugs. */
async function orProblem<T>(what: string, action: () => Promise<T>): Promise<T | { readonly problem: string }> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StepFailure && error.code !== "INTERRUPTED") return { problem: `${what}: ${error.message}` };
    const failure = expectedFailure(error);
    if (failure === undefined) throw error;
    return { problem: `${what}: ${failure.message}${failure.hint ? ` (${failure.hint})` : ""}` };
  }
}
