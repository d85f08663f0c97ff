import { createHash } from "node:crypto";
import type { Settings } from "../model/catalogue.js";
import type { Desired, DesiredImage } from "../model/desired.js";
import type { BuildKey, ImageName, Platform } from "../model/names.js";
import type { Observation, Observations } from "../model/observation.js";
import type { Plan, PlanAction, PlanStep, Reason, ReasonCode } from "../model/plan.js";
import { keyOf } from "./observe.js";
import { describeReason, ownReasons } from "./reasons.js";

/** Plans what to do so that the registry has what Git says. */
export function planAgainstRegistry(desired: Desired, observations: Observations): Plan {
  const causes = new Map<ImageName, Reason>();
  const steps: PlanStep[] = [];
  for (const image of desired.images.values()) {
    const observation = observations.get(image.node.name);
    if (observation === undefined) throw new Error(`${image.node.name} was not observed`);
    const decided = decide(image, observation, causes);
    if (decided === undefined) continue;
    if (decided.action !== "retag") causes.set(image.node.name, decided.reason);
    const { name, level, platform, definition } = image.node;
    const planned = { name, version: definition.version, platform, level };
    steps.push(step(planned, decided.action, observation.key, [decided.reason]));
  }
  const inputs = planInputs(
    desired,
    steps.map(({ image }) => image),
  );
  return finish({ inputs, base: null, head: desired.commit, steps, unchanged: desired.images.size - steps.length });
}

function decide(
  image: DesiredImage,
  { key, record, tested, stale, published, wasOpen }: Observation,
  causes: ReadonlyMap<ImageName, Reason>,
): { action: PlanAction; reason: Reason } | undefined {
  if (key === null) return { action: "pending", reason: fromParent(image.node, causes) };
  if (wasOpen) {
    const detail = "locked now: what is published was made the same but for its packages, which its build resolved";
    return { action: "build", reason: { code: "LOCK", detail, via: [] } };
  }
  if (record === undefined) {
    const detail = published
      ? `the image published as ${image.node.definition.version} was made from other inputs`
      : "never published";
    return { action: "build", reason: { code: published ? "DEFINITION" : "MISSING", detail, via: [] } };
  }
  if (!tested)
    return { action: "retag", reason: { code: "TESTS", detail: "has not passed the tests as they are now", via: [] } };
  if (stale.length === 0) return undefined;
  return { action: "retag", reason: { code: "TAGS", detail: `${stale.join(", ")} to be moved`, via: [] } };
}

/** An image of one Git tree, as far as a plan between two of them looks at it. */
export interface PlannedImage {
  readonly name: ImageName;
  readonly version: string;
  readonly platform: Platform;
  readonly level: number;
  readonly parent: ImageName | undefined;
  readonly parents: readonly ImageName[];
  /** With the parents' keys in place of image IDs, because nothing is built to find out. */
  readonly key: BuildKey;
  readonly tags: readonly string[];
  readonly testsDigest: string;
  /** Left out: its definition, files and packages are the same in the other tree. */
  readonly image?: DesiredImage;
}

interface PlannedTree {
  /** null: the working tree. */
  readonly commit: string | null;
  readonly settings: Settings;
}

/** Two Git trees, without the images that are the same in both. */
export interface Comparison {
  readonly base: PlannedTree;
  readonly head: PlannedTree;
  /** Images of the head, in build order, each with what it was in the base. */
  readonly images: readonly { readonly before: PlannedImage | undefined; readonly after: PlannedImage }[];
  /** Images that only the base has, in its build order. */
  readonly removed: readonly PlannedImage[];
  /** The number of images of the head that were left out. */
  readonly others: number;
}

/** Plans a change from one Git tree to another. */
export function planBetween(base: Desired, head: Desired): Plan {
  const before = plannedImages(base);
  const after = plannedImages(head);
  return planChange({
    ...{ base, head, others: 0 },
    images: [...after.values()].map((image) => ({ before: before.get(image.name), after: image })),
    removed: [...before.values()].filter(({ name }) => !after.has(name)),
  });
}

function plannedImages(desired: Desired): ReadonlyMap<ImageName, PlannedImage> {
  const keys = standInKeys(desired);
  const planned = new Map<ImageName, PlannedImage>();
  for (const [name, image] of desired.images) planned.set(name, plannedImage(image, keys.get(name) as BuildKey));
  return planned;
}

/** `level`: where it is not that of the node, because the node is part of a smaller graph. */
export function plannedImage(image: DesiredImage, key: BuildKey, level = image.node.level): PlannedImage {
  const { name, definition, platform, parent, parents } = image.node;
  const { tags, testsDigest } = image;
  return { name, version: definition.version, platform, level, parent, parents, key, tags, testsDigest, image };
}

/** Plans a change from what differs. */
export function planChange({ base, head, images, removed, others }: Comparison): Plan {
  const causes = new Map<ImageName, Reason>();
  const planned: PlannedImage[] = [];
  const steps: PlanStep[] = [];
  for (const { before, after } of images) {
    const isSame = before?.key === after.key;
    const reasons = before && isSame ? gentleReasons(before, after) : changeReasons(before, after, { base, head });
    if (before && !isSame && after.parents.some((parent) => causes.has(parent))) {
      reasons.push(fromParent(after, causes));
    }
    if (reasons.length === 0) continue;
    const action = actionFor(reasons);
    if (action !== "retag") causes.set(after.name, reasons[0] as Reason);
    planned.push(after);
    steps.push(step(after, action, after.key, reasons));
  }
  const inputs = inputsOf(planned);
  const unchanged = others + images.length - steps.length;
  const gone: Reason = { code: "REMOVED", detail: "no longer defined; its tags stay until they are pruned", via: [] };
  steps.push(...removed.map((image) => step(image, "delete", null, [gone])));
  return finish({ inputs, base: base.commit, head: head.commit, steps, unchanged });
}

/**
 * 64 hex digits over what makes these images: definition, files, tests, version, tags, and the same of their ancestors. Missing
 * images add nothing.
 */
export function planInputs(desired: Desired, names: readonly ImageName[], keys = standInKeys(desired)): string {
  return inputsOf(
    names.flatMap((name) => {
      const image = desired.images.get(name);
      return image ? [plannedImage(image, keys.get(name) as BuildKey)] : [];
    }),
  );
}

function inputsOf(images: readonly PlannedImage[]): string {
  const rows = images.map(({ name, version, key, testsDigest, tags }) => [name, version, key, testsDigest, tags]);
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}

/** Keys of all images, with parents' keys in place of image IDs. */
export function standInKeys(desired: Desired): Map<ImageName, BuildKey> {
  const keys = new Map<ImageName, BuildKey>();
  for (const image of desired.images.values()) {
    const parents = image.node.parents.map((parent) => keys.get(parent) as BuildKey);
    keys.set(image.node.name, keyOf(image, desired, parents));
  }
  return keys;
}

interface Trees {
  readonly base: PlannedTree;
  readonly head: PlannedTree;
}

function changeReasons(old: PlannedImage | undefined, now: PlannedImage, { base, head }: Trees): Reason[] {
  if (old === undefined) return [{ code: "NEW", detail: "is not in the base", via: [] }];
  if (old.image === undefined || now.image === undefined) return [];
  return ownReasons({ image: old.image, settings: base.settings }, { image: now.image, settings: head.settings });
}

/** Changes that leave the image's bytes as they are and still require an action. */
function gentleReasons(old: PlannedImage, now: PlannedImage): Reason[] {
  const reasons: Reason[] = [];
  if (old.testsDigest !== now.testsDigest) reasons.push({ code: "TESTS", detail: "tests changed", via: [] });
  const [from, to] = [old.version, now.version];
  if (from !== to) reasons.push({ code: "VERSION", detail: `${from} → ${to}`, via: [] });
  const [moved, moving] = [old, now].map(({ tags }) => [...tags].sort().join(", ") || "none");
  if (moved !== moving) reasons.push({ code: "TAGS", detail: `${moved} → ${moving}`, via: [] });
  return reasons;
}

/** Actions that need no other image. */
const GENTLE: ReadonlySet<ReasonCode> = new Set(["TESTS", "VERSION", "TAGS"]);

function actionFor(reasons: readonly Reason[]): PlanAction {
  if (reasons.every(isInherited)) return "pending";
  return reasons.every(({ code }) => GENTLE.has(code)) ? "retag" : "build";
}

/**
 * The reason for an image that is built from a rebuilt one: the first cause, and the way from there. `STAGE` if the rebuilt image is
 * not the parent, but one that a stage starts from or an artifact is copied from.
 */
function fromParent(node: Pick<PlannedImage, "parent" | "parents">, causes: ReadonlyMap<ImageName, Reason>): Reason {
  const parent = node.parents.find((name) => causes.has(name)) as ImageName;
  const cause = causes.get(parent) as Reason;
  const code = parent === node.parent ? "PARENT" : "STAGE";
  if (isInherited(cause)) return { ...cause, code, via: [...cause.via, parent] };
  return { code, detail: `${parent}: ${describeReason(cause)}`, via: [parent] };
}

const isInherited = ({ code }: Reason) => code === "PARENT" || code === "STAGE";

function step(
  { name: image, version, platform, level }: Pick<PlannedImage, "name" | "version" | "platform" | "level">,
  action: PlanAction,
  key: BuildKey | null,
  reasons: readonly Reason[],
): PlanStep {
  return { image, version, platform, level, action, key, reasons };
}

/** The digest covers the actions and reasons, not the names of the commits: the same change has the same digest. */
function finish(plan: Omit<Plan, "digest">): Plan {
  const digest = createHash("sha256")
    .update(JSON.stringify([plan.steps, plan.unchanged]))
    .digest("hex");
  return { digest, ...plan };
}
