import { LOCK_MANAGERS } from "./lock.js";

/**
 * What RUN steps can reach: nothing; the hosts of package sources, through a proxy of Slipway; whatever the machine can. The
 * narrowest first.
 */
export const NETWORKS = ["none", "packages", "host"] as const;

export type Network = (typeof NETWORKS)[number];

/** What a stage says about its network, and the managers that install something in it. */
export interface StageNetwork {
  /** As the definition has it; left out: the default. */
  readonly network?: Network | undefined;
  readonly managers: readonly string[];
}

/** The network that contains all of these; of nothing: none. */
const widest = (networks: readonly Network[]): Network =>
  NETWORKS.findLast((network) => networks.includes(network)) ?? "none";

/** Packages of managers that can be locked are there before the build; any other manager fetches its own while it installs them. */
const defaultNetwork = (managers: readonly string[]): Network =>
  managers.every((manager) => (LOCK_MANAGERS as readonly string[]).includes(manager)) ? "none" : "packages";

/**
 * The network that a definition asks for. Buildah runs all stages of an image in one network namespace, so it is the widest of
 * theirs. undefined: none of them says anything.
 */
export function writtenNetwork(stages: readonly StageNetwork[]): Network | undefined {
  if (stages.every(({ network }) => network === undefined)) return undefined;
  return widest(stages.map((stage) => stage.network ?? defaultNetwork(stage.managers)));
}

/** The parts of a recipe that decide. */
interface Networked {
  readonly network?: Network;
  readonly packages: readonly { readonly manager: string }[];
}

const neededNetwork = ({ packages }: Networked) => defaultNetwork(packages.map(({ manager }) => manager));

/** The network that a recipe asks for. */
export const recipeNetwork = (recipe: Networked): Network => recipe.network ?? neededNetwork(recipe);

/** The network where it is another one than the packages need, and so an input of the build key. */
export const unusualNetwork = (recipe: Networked): Network | undefined =>
  recipe.network === neededNetwork(recipe) ? undefined : recipe.network;

/**
 * The network that an image's build gets: what its definition says, or else what its packages need. `usual` is `lock.network` of
 * slipway.yaml, for images that say nothing.
 */
export const buildNetwork = (recipe: Networked, usual: "none" | "host"): Network =>
  recipe.network ?? widest([neededNetwork(recipe), usual]);
