import { createHash } from "node:crypto";
import type { Desired, DesiredImage } from "../model/desired.js";
import type { BuildKey, ImageName } from "../model/names.js";
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
    steps.push(step(image, decided.action, observation.key, [decided.reason]));
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
  if (key === null) return { action: "pending", reason: fromParent(image, causes) };
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

/**
 * Plans a change from one Git tree to another. Parents' keys stand in for image IDs, because nothing is built to find out.
 * `others`: the number of images of the head that are known to be untouched and were left out.
 */
export function planBetween(base: Desired, head: Desired, others = 0): Plan {
  const before = standInKeys(base);
  const after = standInKeys(head);
  const causes = new Map<ImageName, Reason>();
  const steps: PlanStep[] = [];
  for (const image of head.images.values()) {
    const { name } = image.node;
    const old = base.images.get(name);
    const key = after.get(name) as BuildKey;
    const reasons = old && before.get(name) === key ? gentleReasons(old, image) : changeReasons(base, old, head, image);
    if (old && before.get(name) !== key && image.node.parents.some((parent) => causes.has(parent))) {
      reasons.push(fromParent(image, causes));
    }
    if (reasons.length === 0) continue;
    const action = actionFor(reasons);
    if (action !== "retag") causes.set(name, reasons[0] as Reason);
    steps.push(step(image, action, key, reasons));
  }
  const inputs = planInputs(
    head,
    steps.map(({ image }) => image),
    after,
  );
  const unchanged = others + head.images.size - steps.length;
  const gone = [...base.images.values()].filter(({ node }) => !head.images.has(node.name));
  const removed: Reason = {
    code: "REMOVED",
    detail: "no longer defined; its tags stay until they are pruned",
    via: [],
  };
  steps.push(...gone.map((image) => step(image, "delete", null, [removed])));
  return finish({ inputs, base: base.commit, head: head.commit, steps, unchanged });
}

/**
 * 64 hex digits over what makes these images: definition, files, tests, version, tags, and the same of their ancestors. Missing
 * images add nothing.
 */
export function planInputs(desired: Desired, names: readonly ImageName[], keys = standInKeys(desired)): string {
  const rows = names.flatMap((name) => {
    const image = desired.images.get(name);
    return image ? [[name, image.node.definition.version, keys.get(name), image.testsDigest, image.tags]] : [];
  });
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

function changeReasons(base: Desired, old: DesiredImage | undefined, head: Desired, image: DesiredImage): Reason[] {
  if (old === undefined) return [{ code: "NEW", detail: "is not in the base", via: [] }];
  return ownReasons({ image: old, settings: base.settings }, { image, settings: head.settings });
}

/** Changes that leave the image's bytes as they are and still require an action. */
function gentleReasons(old: DesiredImage, image: DesiredImage): Reason[] {
  const reasons: Reason[] = [];
  if (old.testsDigest !== image.testsDigest) reasons.push({ code: "TESTS", detail: "tests changed", via: [] });
  const [from, to] = [old.node.definition.version, image.node.definition.version];
  if (from !== to) reasons.push({ code: "VERSION", detail: `${from} → ${to}`, via: [] });
  const [moved, moving] = [old, image].map(({ tags }) => [...tags].sort().join(", ") || "none");
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
function fromParent({ node }: DesiredImage, causes: ReadonlyMap<ImageName, Reason>): Reason {
  const parent = node.parents.find((name) => causes.has(name)) as ImageName;
  const cause = causes.get(parent) as Reason;
  const code = parent === node.parent ? "PARENT" : "STAGE";
  if (isInherited(cause)) return { ...cause, code, via: [...cause.via, parent] };
  return { code, detail: `${parent}: ${describeReason(cause)}`, via: [parent] };
}

const isInherited = ({ code }: Reason) => code === "PARENT" || code === "STAGE";

function step({ node }: DesiredImage, action: PlanAction, key: BuildKey | null, reasons: readonly Reason[]): PlanStep {
  const { name: image, level, platform, definition } = node;
  return {
    image,
    version: definition.version,
    platform,
    level,
    action,
    key,
    reasons,
  };
}

/** The digest covers the actions and reasons, not the names of the commits: the same change has the same digest. */
function finish(plan: Omit<Plan, "digest">): Plan {
  const digest = createHash("sha256")
    .update(JSON.stringify([plan.steps, plan.unchanged]))
    .digest("hex");
  return { digest, ...plan };
}
