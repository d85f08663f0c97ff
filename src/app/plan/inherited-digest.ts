import { createHash } from "node:crypto";
import type { Catalogue } from "../../model/catalogue.js";
import type { Body } from "../../model/definition.js";
import type { DesiredImage } from "../../model/desired.js";
import type { Stage, StageBase } from "../../model/graph.js";
import type { ImageName } from "../../model/names.js";
import { rootDigest } from "../../resolve/lock-inputs.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";
import { INHERITED_BYTES } from "./snapshot.js";

/**
 * For each image a hash of everything in it, and in what it is built on, that the checks, the recipe, the tests or the lockfile's entry of an
 * image built on it can see. While it stays the same, these images need not be read again. What is not certain to be invisible is in it: a
 * rule that looks at more of an ancestor must add that here.
 */
export class InheritedDigests {
  readonly #loaded: Pick<LoadedCatalogue, "desired" | "catalogue">;
  readonly #labels: ReadonlySet<string>;
  readonly #digests = new Map<ImageName, string>();
  readonly #roots = new Map<ImageName, string>();

  constructor(loaded: Pick<LoadedCatalogue, "desired" | "catalogue">) {
    this.#loaded = loaded;
    this.#labels = new Set((loaded.catalogue.policies?.images?.labels ?? []).map(({ name }) => name));
  }

  /** Of an image that was loaded, with all that it is built on. */
  of(name: ImageName): string {
    const known = this.#digests.get(name);
    if (known !== undefined) return known;
    const { desired, catalogue } = this.#loaded;
    const image = desired.images.get(name);
    if (image === undefined) throw new Error(`${name} was not loaded`);
    const { parents } = image.node;
    const above = parents.map((parent) => [parent, this.of(parent)]);
    const visible = [above, ownText(image, this.#labels), this.#locked(image, catalogue)];
    const digest = createHash("sha256")
      .update(JSON.stringify(visible))
      .digest("hex")
      .slice(0, INHERITED_BYTES * 2);
    this.#digests.set(name, digest);
    return digest;
  }

  /** What the lockfile says: names count for rules, and the digest of all that is installed for the entries of other images. */
  #locked(image: DesiredImage, { lock }: Catalogue): unknown {
    if (lock === undefined) return null;
    const { name } = image.node;
    const packages = lock.find(name)?.packages;
    const root = rootDigest(image, packages, this.#roots);
    this.#roots.set(name, root);
    return [root, packages?.map((each) => [each.stage ?? null, each.manager, each.name]) ?? null];
  }
}

function ownText({ node, recipe, testsDigest }: DesiredImage, labels: ReadonlySet<string>): unknown {
  const { platform, os, language, user, definition, stages } = node;
  return [
    [platform, os, language, user, testsDigest],
    [definition.kind, definition.os, definition.language, definition.platform, definition.network],
    [definition.metadata, definition.packageHosts, definition.origin],
    stages.map((stage) => stageText(stage, labels)),
    recipe.packages.map(({ kind, stage, manager, name }) => [kind, stage, manager, name]),
    [recipe.network, recipe.packageSources],
  ];
}

const stageText = (
  { name, base, os, language, user, shell, network, unknown, bodies }: Stage,
  labels: ReadonlySet<string>,
) => [
  [name, baseText(base), os, language, user, shell, network, unknown],
  bodies.map((body) => bodyText(body, labels)),
];

function baseText(base: StageBase): unknown {
  if (base.type !== "external") return base;
  const { source: _, pointer: __, ...rest } = base.base;
  return rest;
}

/** Not its commands, variables, files and descriptions: no other image's recipe or check depends on them. */
const bodyText = (body: Body, labels: ReadonlySet<string>) => [
  body.systemPackages.map(({ name }) => name),
  body.runtimePackages.map(({ name }) => name),
  body.runtimeManifest !== undefined,
  body.artifacts.some(({ type }) => type !== "path"),
  [body.run.user, body.run.shell],
  body.labels.filter(({ name }) => labels.has(name)),
];
