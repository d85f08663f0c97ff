import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Graph, ImageNode, Stage } from "../model/graph.js";
import { wildcardMatches } from "../model/wildcard.js";
import type { Rule, RuleContext } from "./rule.js";

/**
 * Runtime packages need their package manager in the image: a chain whose packages are all known, and none of which brings it, would
 * fail in the middle of its build. Where the content of the chain's first image is not known, nothing is said.
 */
export const installerPresent: Rule = (context) =>
  context.node.stages.flatMap((stage): readonly Diagnostic[] => {
    const body = stage.bodies.find((each) => each.runtimePackages.length > 0 || each.runtimeManifest !== undefined);
    const { os = "", language } = stage;
    const manager = context.managers.find("runtime", language);
    const installers = manager?.installers?.[os];
    if (body === undefined || manager === undefined || installers === undefined) return [];
    const chain = chainOf(stage, context);
    if (!chain.isKnown || chain.packages.some((name) => installers.some((each) => wildcardMatches(each, name))))
      return [];
    const [installer = ""] = installers;
    const home = chain.images.find(({ definition }) => definition.language !== undefined) ?? context.node;
    const key = body.runtimePackages.length > 0 ? "runtime-packages" : "runtime-manifest";
    const message = `\`${key}\` needs ${manager.name}, and nothing installs it in ${chain.images.map(({ name }) => name).join(" → ")}`;
    const problem = errorAt(
      body.source.at(`${body.pointer}/${key}`, "key"),
      "no-installer",
      message,
      hint(installer, os, { home, context }),
    );
    // What an artifact brings may be the package manager.
    return [chain.hasForeignFiles ? { ...problem, severity: "warning" } : problem];
  });

function hint(installer: string, os: string, { home, context }: { home: ImageNode; context: RuleContext }): string {
  const add = `add \`${installer}\` to \`system-packages\` of ${home.name} (${home.definition.source.file})`;
  const isApproved = context.catalogue.systemLists.get(os)?.packages.has(installer) ?? false;
  return isApproved ? add : `${add}; an administrator approves it in catalog/system/${os}.yaml first`;
}

interface Chain {
  /** false: it begins with an image of others. */
  readonly isKnown: boolean;
  /** The image itself and those it derives from; nearest first. */
  readonly images: readonly ImageNode[];
  /** Names of packages: requested, bootstrapped and locked. */
  readonly packages: readonly string[];
  readonly hasForeignFiles: boolean;
}

function chainOf(first: Stage, { catalogue, graph, node }: RuleContext): Chain {
  const images: ImageNode[] = [];
  const packages: string[] = [];
  let hasForeignFiles = false;
  const end = (isKnown: boolean): Chain => ({ isKnown, images, packages, hasForeignFiles });
  for (let [home, stage] = [node, first]; ; ) {
    if (images.at(-1) !== home) images.push(home);
    for (const { systemPackages, artifacts } of stage.bodies) {
      packages.push(...systemPackages.map(({ name }) => name));
      hasForeignFiles ||= artifacts.some(({ type }) => type !== "path");
    }
    const locked = catalogue.lock?.find(home.name)?.packages ?? [];
    packages.push(...locked.filter((each) => each.stage === stage.name).map(({ name }) => name));
    if (stage.base.type === "bootstrap") {
      packages.push(...stage.base.bootstrap.packages);
      return end(true);
    }
    const next = below(home, stage, graph);
    if (next === undefined) return end(false);
    [home, stage] = next;
  }
}

/** What a stage starts from; undefined: nothing in the catalogue. */
function below(home: ImageNode, { base }: Stage, graph: Graph): [ImageNode, Stage] | undefined {
  if (base.type === "stage") {
    const stage = home.stages.find(({ name }) => name === base.stage);
    return stage && [home, stage];
  }
  const parent = base.type === "image" ? graph.nodes.get(base.image) : undefined;
  const last = parent?.stages.at(-1);
  return parent && last && [parent, last];
}
