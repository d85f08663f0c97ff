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
 * The network of an image's steps. Buildah runs all stages of an image in one network namespace, so it is the widest of theirs.
 * undefined: it is the default one, so that it is no input of the build key.
 */
export function ownNetwork(stages: readonly StageNetwork[]): Network | undefined {
  const network = widest(stages.map((stage) => stage.network ?? defaultNetwork(stage.managers)));
  return network === widest(stages.map(({ managers }) => defaultNetwork(managers))) ? undefined : network;
}

/** The parts of a recipe that decide. */
interface Networked {
  readonly network?: Network;
  readonly packages: readonly { readonly manager: string }[];
}

/** The network that a recipe asks for. */
export const recipeNetwork = ({ network, packages }: Networked): Network =>
  network ?? defaultNetwork(packages.map(({ manager }) => manager));

/**
 * The network that an image's build gets. `ofLocked`: `lock.network` of slipway.yaml, which widens that of every image with locked
 * packages. The managers of an open image resolve while it is built, from sources that the image itself has, so those that could be
 * locked get the machine's network, unless the definition says otherwise.
 */
export function buildNetwork(recipe: Networked & { readonly locked?: object }, ofLocked: "none" | "host"): Network {
  const network = recipeNetwork(recipe);
  if (recipe.locked !== undefined) return widest([network, ofLocked]);
  return network === "none" && recipe.network === undefined ? "host" : network;
}
