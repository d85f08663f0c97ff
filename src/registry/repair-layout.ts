import { rm } from "node:fs/promises";
import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import type { RegistryDamage, RegistryRepair } from "../model/registry-check.js";
import { withMutex } from "../system/mutex.js";
import { digestTag, EMPTY_BYTES, EMPTY_CONFIG, FILES, referrerList } from "./artifact.js";
import { wholeReferrers } from "./attachments-layout.js";
import { addBlobs, changing, stageBlob } from "./layout-change.js";
import { UNNAMED } from "./layout-content.js";
import { type IndexEntry, indexEntry, refName } from "./layout-index.js";
import { withStaging } from "./layout-staging.js";
import type { LayoutStore } from "./layout-store.js";

/**
 * Takes out of a layout what names damaged content, and the damaged blobs, so that builds make them anew: an image that lacks a part keeps
 * no tag; one whose documents are damaged keeps all but `latest`, and the step that moves it attaches them again. Whole blobs stay. Raises
 * RegistryError.
 */
export async function repairLayout(
  store: LayoutStore,
  damage: readonly RegistryDamage[],
  signal: AbortSignal,
): Promise<readonly RegistryRepair[]> {
  return changing(store, { what: "repair what is damaged", signal }, () =>
    withStaging(store, signal, (staging) =>
      withMutex(store.lockFile, signal, () => new Repair(store, staging).run(damage)),
    ),
  );
}

/** A blob of another content or length is worth nothing; one that is whole, but not what its place wants, is left as it is. */
const WORTHLESS: readonly string[] = ["digest", "size"];
/** Without which an image, or a package file, is none. */
const VITAL: readonly string[] = ["manifest", "configuration", "layer", "package file"];

class Repair {
  readonly #store: LayoutStore;
  readonly #staging: string;
  readonly #done: RegistryRepair[] = [];

  constructor(store: LayoutStore, staging: string) {
    this.#store = store;
    this.#staging = staging;
  }

  async run(all: readonly RegistryDamage[]): Promise<readonly RegistryRepair[]> {
    if (all.some(({ part }) => part === "index")) await this.#index();
    const isShared = ({ blob }: RegistryDamage) => blob === EMPTY_CONFIG.digest;
    const damage = all.filter((one) => !isShared(one));
    const bad = all.flatMap(({ blob, kind }) => (blob !== null && WORTHLESS.includes(kind) ? [blob] : []));
    for (const blob of new Set(bad)) await rm(this.#store.blob(blob), { force: true });
    // All documents and package files have the same configuration, and its content is known.
    if (all.some(isShared)) await addBlobs(this.#store, [await stageBlob(this.#staging, EMPTY_CONFIG, EMPTY_BYTES)]);
    const vital = damage.filter(
      ({ part, kind }) => VITAL.includes(part) || (part === "list of documents" && kind === "subject"),
    );
    const kept = this.#withoutTags(this.#store.readEntries(), vital);
    const entries = await this.#withoutDocuments(kept, damage);
    await this.#store.initialise();
    await this.#store.writeEntries(entries);
    await this.#store.syncBlobs();
    return this.#done;
  }

  async #index(): Promise<void> {
    const report = (did: string) => this.#done.push({ image: null, tags: [], did, command: "slipway build", ok: true });
    try {
      await this.#store.writeEntries(this.#store.readEntries());
      report("wrote index.json and oci-layout anew, with all lines that can be read");
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      await this.#store.dropIndex();
      report("put index.json aside: all tags are gone, and no blob is");
    }
  }

  #withoutTags(entries: readonly IndexEntry[], vital: readonly RegistryDamage[]): readonly IndexEntry[] {
    const refs = new Set(vital.flatMap(({ image, tags }) => tags.map((tag) => refOf(image, tag))));
    const unnamed = new Set(vital.flatMap(({ image, manifest }) => (image === UNNAMED ? [manifest] : [])));
    const isRemoved = (entry: IndexEntry) => {
      const ref = refName(entry);
      return ref === undefined ? unnamed.has(entry.digest) : refs.has(ref);
    };
    for (const image of new Set(vital.map((one) => one.image))) {
      const tags = [...new Set(vital.filter((one) => one.image === image).flatMap((one) => one.tags))];
      const command = image === FILES ? "slipway vendor" : `slipway build ${image}`;
      this.#done.push({ image, tags, did: `removed ${tags.length === 1 ? "its tag" : "its tags"}`, command, ok: true });
    }
    return entries.filter((entry) => !isRemoved(entry));
  }

  async #withoutDocuments(entries: readonly IndexEntry[], damage: readonly RegistryDamage[]) {
    let rest = entries;
    const lists = damage.filter(
      ({ part, kind }) => part === "document" || (part === "list of documents" && kind !== "subject"),
    );
    for (const [key, { image, manifest }] of new Map(lists.map((one) => [`${one.image} ${one.manifest}`, one]))) {
      if (image === null || manifest === null) throw new Error(`${key} is no list of documents`);
      const ref = refOf(image, digestTag(manifest));
      const latest = rest.filter((entry) => refName(entry) === refOf(image, "latest") && entry.digest === manifest);
      rest = [
        ...rest.filter((entry) => refName(entry) !== ref && !latest.includes(entry)),
        ...(await this.#newList(ref, manifest)),
      ];
      const did = "took the damaged documents off its list";
      const tags = latest.length > 0 ? ["latest"] : [];
      this.#done.push({ image, tags, did, command: `slipway build ${image}`, ok: true });
    }
    return rest;
  }

  /** The list of all documents that are whole; no entry where there is none. */
  async #newList(ref: string, subject: Digest): Promise<readonly IndexEntry[]> {
    const documents = await wholeReferrers(this.#store, subject);
    if (documents.length === 0) return [];
    const list = referrerList(documents);
    await addBlobs(this.#store, [await stageBlob(this.#staging, list, list.bytes)]);
    return [indexEntry(list, ref)];
  }
}

const refOf = (image: string | null, tag: string) => (tag === "" ? String(image) : `${image}:${tag}`);
