import type { Settings } from "../model/catalogue.js";
import type { Desired, DesiredImage } from "../model/desired.js";
import type { BuildKey, Digest, ImageName } from "../model/names.js";
import type { Observation } from "../model/observation.js";
import type { ImageRecord } from "../model/plan.js";
import type { RegistryReader } from "../model/registry.js";
import { type ImageTags, keyTag } from "../model/tags.js";
import { buildKey, type KeyInputs } from "./key.js";
import { tagsOf } from "./tags.js";
import { withoutLock } from "./with-locked.js";

const NO_TAGS: ImageTags = { key: "", tested: "", pointers: [] };

/** The key of one image, given the IDs of the images that it is built on (parents' keys in a plan between two trees). */
export const keyOf = (image: DesiredImage, { settings }: Desired, parents: readonly (Digest | BuildKey)[]): BuildKey =>
  buildKey({ ...keyInputsOf(image, settings), parents });

/** What an image's key is made from beside its parents. */
export const keyInputsOf = (
  { recipe, node }: DesiredImage,
  { builderRevision }: Settings,
): Omit<KeyInputs, "parents"> => ({
  recipe,
  platform: node.platform,
  builderRevision,
  rebuildNonce: node.definition.rebuild?.nonce,
});

/** Asks for every tag. */
export const findEach =
  (registry: RegistryReader): FindTags =>
  (name, tags) =>
    Promise.all(tags.map((tag) => registry.find(name, tag)));

type FindTags = NonNullable<RegistryReader["findTags"]>;

/** Observes one image in the registry, once its parents' IDs are known. */
export async function observe(findTags: FindTags, image: DesiredImage, key: BuildKey): Promise<Observation> {
  const { name, definition } = image.node;
  const tags = tagsOf(definition.version, key, image.testsDigest, image.tags);
  const [record, tested, ...pointed] = await findTags(name, [tags.key, tags.tested, ...tags.pointers]);
  const stale = tags.pointers.filter((_, index) => pointed[index]?.manifestDigest !== record?.manifestDigest);
  const published = pointed[tags.pointers.indexOf(definition.version)] !== undefined;
  const same = record !== undefined && tested?.manifestDigest === record.manifestDigest;
  return { key, ...(record ? { record } : {}), tested: same, tags, stale, published };
}

/** Whether the lockfile alone may make it differ from the published image. */
const isNewlyLocked = ({ recipe }: DesiredImage, { record, published }: Observation) =>
  record === undefined && published && recipe.locked !== undefined;

/**
 * Asks the registry about every image as soon as its parents are known: an image's key includes its parents' IDs, which only the
 * registry knows. Below a missing image, keys stay null. An answer may come from the state of the catalogue.
 */
export async function observeAll(registry: RegistryReader, desired: Desired): Promise<Map<ImageName, Observation>> {
  const findTags: FindTags = registry.findTags?.bind(registry) ?? findEach(registry);
  const pending = new Map<ImageName, Promise<Observation>>();
  for (const image of desired.images.values()) {
    pending.set(
      image.node.name,
      observeAfter(
        image.node.parents.map((name) => pending.get(name)),
        image,
      ),
    );
  }
  // Every promise is awaited even if one fails; otherwise the others would reject unhandled.
  const settled = await Promise.allSettled(pending.values());
  const failed = settled.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  const names = [...pending.keys()];
  return new Map(
    settled.map((result, index) => [names[index] as ImageName, (result as PromiseFulfilledResult<Observation>).value]),
  );

  async function observeAfter(
    parents: readonly (Promise<Observation> | undefined)[],
    image: DesiredImage,
  ): Promise<Observation> {
    const records = (await Promise.all(parents)).map((parent) => parent?.record);
    const version = image.node.definition.version;
    if (records.some((record) => record === undefined)) {
      const published = (await registry.find(image.node.name, version)) !== undefined;
      return { key: null, tested: false, tags: NO_TAGS, stale: [], published };
    }
    const ids = (records as ImageRecord[]).map((record) => record.imageId);
    const observation = await observe(findTags, image, keyOf(image, desired, ids));
    if (!isNewlyLocked(image, observation)) return observation;
    const open = keyTag(keyOf(withoutLock(image), desired, ids));
    const [was, is] = await Promise.all([open, version].map((tag) => registry.find(image.node.name, tag)));
    return was && was.manifestDigest === is?.manifestDigest ? { ...observation, wasOpen: true } : observation;
  }
}
