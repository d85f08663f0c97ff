import type { Catalogue } from "../../model/catalogue.js";
import type { Graph, ImageNode, Stage } from "../../model/graph.js";
import { recipeNetwork, type StageNetwork, writtenNetwork } from "../../model/network.js";
import { distinctHosts, type PackageHost, type PackageSources, parsePackageHost } from "../../model/package-hosts.js";
import type { Recipe } from "../../model/recipe.js";
import { managerFor } from "../../packages/managers.js";
import type { StageInput } from "../../render/recipe-stage.js";

interface Surroundings {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
}

/** A recipe with the network that the definition asks for and, where that is `packages`, with where packages come from. */
export function withNetwork(recipe: Recipe, node: ImageNode, inputs: readonly StageInput[], of: Surroundings): Recipe {
  const stages = inputs.map(({ stage, packages }): StageNetwork => {
    return { network: stage.network, managers: packages.map(({ manager }) => manager) };
  });
  const network = writtenNetwork(stages);
  const networked = network === undefined ? recipe : { ...recipe, network };
  if (recipeNetwork(networked) !== "packages") return networked;
  return { ...networked, packageSources: packageSources(node, of) };
}

/**
 * Where the packages of all stages come from: what base images, external bases and languages say. All of these are files of
 * administrators; the image itself has no say.
 */
function packageSources(node: ImageNode, { catalogue, graph }: Surroundings): PackageSources {
  const managers = node.stages.flatMap(({ os, language }) => [
    ...list(managerFor("system", os, catalogue)),
    ...list(managerFor("runtime", language, catalogue)),
  ]);
  const hosts = [
    ...managers.flatMap((manager) => manager.hosts ?? []),
    ...list(node.definition.packageHosts).flat(),
    ...node.stages.flatMap((stage) => hostsBelow(node, stage, graph)),
  ];
  return { managers: [...new Set(managers.map(({ name }) => name))], hosts: distinctHosts(hosts) };
}

/** The hosts that everything names on which a stage stands. */
function hostsBelow(node: ImageNode, { base }: Stage, graph: Graph): readonly PackageHost[] {
  switch (base.type) {
    case "external":
      return base.base.packageHosts ?? [];
    case "bootstrap":
      return base.bootstrap.manager === "apt"
        ? []
        : base.bootstrap.repositories.flatMap(({ url, gpgkey }) =>
            [url, ...list(gpgkey)].flatMap((each) => list(parsePackageHost(each))),
          );
    case "image": {
      const parent = graph.nodes.get(base.image);
      if (parent === undefined) return [];
      return [...list(parent.definition.packageHosts).flat(), ...hostsBelow(parent, imageStage(parent), graph)];
    }
    case "stage": {
      const before = node.stages.find(({ name }) => name === base.stage);
      return before === undefined ? [] : hostsBelow(node, before, graph);
    }
    case "scratch":
      return [];
  }
}

const imageStage = ({ stages }: ImageNode) => stages[stages.length - 1] as Stage;

const list = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value]);
