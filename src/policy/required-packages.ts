import type { DesiredImage } from "../model/desired.js";
import { errorAt } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import { LOCK_MANAGERS, type LockManager } from "../model/lock.js";
import type { ImageName } from "../model/names.js";
import { kindOf, TYPE_OF_MANAGER } from "../model/package-types.js";
import { holdsFor, holdsForImage, type RequiredPackage } from "../model/policies.js";
import type { ApprovedPackage } from "../model/recipe.js";
import { wildcardMatches } from "../model/wildcard.js";
import type { ContentsProblem } from "./contents-rule.js";
import { selfAndAncestors } from "./image-rules.js";
import { atLevel, yamlText } from "./package-rules.js";
import type { PackageHome } from "./packages-of.js";

export interface RequestContext extends PackageHome {
  readonly graph: Graph;
  /** The packages that the image and its build stages request. */
  readonly packages: readonly ApprovedPackage[];
  /** Its ancestors, and others. */
  readonly images: ReadonlyMap<ImageName, DesiredImage>;
}

/** Packages that images of a kind must have: requested by the image or an ancestor, or in slipway.lock for one of them. */
export function requiredPackages(context: RequestContext): readonly ContentsProblem[] {
  const { catalogue, node, images, managers } = context;
  const demands = (catalogue.policies?.packages?.required ?? []).filter(
    (demand) => holdsForImage(demand, node.definition) && demand.scope === scopeHere(demand, node),
  );
  // Nothing is known about a rejected parent, and its own diagnostics say why.
  if (demands.length === 0 || (node.parent !== undefined && !images.has(node.parent))) return [];
  const present = packagesOfChain(context);
  return demands.flatMap((demand): readonly ContentsProblem[] => {
    const { kind, name, scope, reason } = demand;
    const normalise = managers.find(kind, scope)?.normalise ?? ((text: string) => text);
    const isThere = present.some(
      (found) => found.kind === kind && wildcardMatches(normalise(name), normalise(found.name)),
    );
    if (isThere) return [];
    const { source, pointer } = node.definition;
    const message = `${node.name} lacks ${name}, which every image of ${scope} must have: ${reason}`;
    const key = kind === "system" ? "system-packages" : "runtime-packages";
    const hint = `write it into \`${key}\`, here or in a parent: \`- ${yamlText(name)}\``;
    const diagnostic = errorAt(source.at(`${pointer}/name`), "package-required", message, hint);
    return [{ diagnostic: atLevel(diagnostic, demand), package: name }];
  });
}

const scopeHere = ({ kind }: RequiredPackage, { os, language }: ImageNode) => (kind === "system" ? os : language);

interface Present {
  readonly kind: "system" | "runtime";
  readonly name: string;
}

function packagesOfChain({ catalogue, node, graph, packages, images }: RequestContext): readonly Present[] {
  return [...selfAndAncestors(node, graph)].flatMap(({ name, definition: { origin } }): readonly Present[] => {
    const requested = name === node.name ? packages : (images.get(name)?.recipe.packages ?? []);
    const bootstrapped = origin.type === "bootstrap" ? origin.bootstrap.packages : [];
    const locked = catalogue.lock?.find(name)?.packages ?? [];
    const isHere = ({ stage }: { readonly stage?: string }) => stage === undefined;
    return [
      ...requested.filter(isHere),
      ...locked.filter(isHere).map((entry): Present => ({ kind: kindOfManager(entry.manager), name: entry.name })),
      ...bootstrapped.map((each): Present => ({ kind: "system", name: each })),
    ];
  });
}

const kindOfManager = (manager: LockManager) => kindOf(TYPE_OF_MANAGER[manager] ?? "deb");

/** The problem of an image that installs packages and is not in the lockfile, where policy demands that it is. */
export function missingLock({ catalogue, node, packages }: RequestContext): readonly ContentsProblem[] {
  const policy = catalogue.policies?.packages;
  if (!policy?.lockRequired || !holdsFor(policy, node.name)) return [];
  const { origin, source, pointer } = node.definition;
  if (packages.length === 0 && origin.type !== "bootstrap") return [];
  if (catalogue.lock?.find(node.name) !== undefined) return [];
  const other = packages.find(({ manager }) => !LOCK_MANAGERS.some((name) => name === manager));
  const message = `${node.name} is not in slipway.lock, and ${policy.source.file} requires it`;
  const hint =
    other === undefined
      ? "run `slipway lock`"
      : `packages of ${other.manager} cannot be locked yet: do without them, or an administrator writes \`except: [${node.name}]\` there`;
  return [{ diagnostic: atLevel(errorAt(source.at(`${pointer}/name`), "lock-missing", message, hint), policy) }];
}
