import { readFileSync } from "node:fs";
import type { Digest } from "../model/names.js";
import { readIndex, refName } from "./layout-index.js";
import type { LayoutStore } from "./layout-store.js";
import { type Descriptor, OCI_INDEX, OCI_MANIFEST } from "./manifest.js";
import type { Flaw, ReadManifest, RegistryContent, TagEntry } from "./registry-content.js";

/** All of an OCI layout. What is found out about blobs is known to builds afterwards (checked-blobs.ts). */
export class LayoutContent implements RegistryContent {
  readonly #store: LayoutStore;
  readonly #flaws = new Map<Digest, Flaw | undefined>();
  readonly #sizes = new Map<Digest, number>();

  constructor(store: LayoutStore) {
    this.#store = store;
    store.check();
    for (const { digest, size } of store.blobs()) this.#sizes.set(digest, size);
  }

  async tags(): Promise<ReadonlyMap<string, readonly TagEntry[]>> {
    const all = new Map<string, TagEntry[]>();
    for (const descriptor of this.#index().entries) {
      const [, image, tag] = /^(.*?)(?::([^:]*))?$/.exec(refName(descriptor) ?? "") ?? [];
      const name = image || UNNAMED;
      all.set(name, [...(all.get(name) ?? []), { tag: tag ?? "", descriptor }]);
    }
    return all;
  }

  async manifest(_image: string, reference: Digest | TagEntry): Promise<ReadManifest> {
    const descriptor = typeof reference === "string" ? undefined : reference.descriptor;
    const digest = descriptor?.digest ?? (reference as Digest);
    const size = this.#sizes.get(digest);
    const flaw = await this.#hash(digest, descriptor?.size ?? size ?? 0);
    if (flaw !== undefined) return { digest, flaw };
    const bytes = this.#store.read(digest);
    if (bytes === undefined) return { digest, flaw: MISSING };
    const wrongType = descriptor && typeFlaw(descriptor, bytes);
    return { digest, bytes, ...(wrongType && { flaw: wrongType }) };
  }

  blobFlaw(_image: string, { digest, size }: Descriptor): Promise<Flaw | undefined> {
    return this.#hash(digest, size);
  }

  async read(_image: string, { digest }: Descriptor): Promise<Buffer | undefined> {
    return this.#store.read(digest);
  }

  async referrers(): Promise<readonly Digest[]> {
    return [];
  }

  async indexFlaws(): Promise<readonly Flaw[]> {
    const { lost, error } = this.#index();
    return [
      ...(this.#store.isMarked ? [] : [{ kind: "unreadable", found: "oci-layout is missing or damaged" } as const]),
      ...(error === undefined ? [] : [{ kind: "unreadable", found: error } as const]),
      ...(lost === 0
        ? []
        : [{ kind: "unreadable", found: `index.json has ${lost} lines that cannot be read` } as const]),
    ];
  }

  async others(known: ReadonlySet<Digest>) {
    const others: { digest: Digest; size: number; flaw?: Flaw }[] = [];
    for (const [digest, size] of this.#sizes) {
      if (known.has(digest)) continue;
      const flaw = await this.#hash(digest, size);
      others.push({ digest, size, ...(flaw && { flaw }) });
    }
    await this.#store.saveChecked();
    return others;
  }

  get hashed() {
    const read = [...this.#flaws.keys()].flatMap((digest) => this.#sizes.get(digest) ?? []);
    return { blobs: read.length, bytes: read.reduce((sum, size) => sum + size, 0) };
  }

  /** Reads each blob once, whatever is known of it. */
  async #hash(digest: Digest, size: number): Promise<Flaw | undefined> {
    const actual = this.#sizes.get(digest);
    if (actual === undefined) return MISSING;
    if (!this.#flaws.has(digest)) {
      const found = await this.#store.hash(digest);
      this.#flaws.set(digest, found === digest ? undefined : found === undefined ? MISSING : OTHER);
    }
    const flaw = this.#flaws.get(digest);
    if (actual !== size) return { kind: "size", found: `has ${actual} bytes instead of ${size}` };
    return flaw;
  }

  #index(): { readonly entries: readonly Descriptor[]; readonly lost: number; readonly error?: string } {
    try {
      const text = readFileSync(this.#store.indexFile, "utf8");
      return readIndex(text, "index.json");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { entries: [], lost: 0 };
      return { entries: [], lost: 0, error: (error as Error).message.replace(/\. Nothing was changed.*$/s, "") };
    }
  }
}

/** Entries of other tools, which have a digest only. */
export const UNNAMED = "(without a name)";
const MISSING: Flaw = { kind: "missing", found: "is missing" };
const OTHER: Flaw = { kind: "digest", found: "has other bytes" };

/** An entry with another type than its manifest is one that some tools cannot read. */
function typeFlaw({ mediaType }: Descriptor, bytes: Buffer): Flaw | undefined {
  try {
    const value = JSON.parse(bytes.toString("utf8"));
    const own = value.mediaType ?? (Array.isArray(value.manifests) ? OCI_INDEX : OCI_MANIFEST);
    return own === mediaType ? undefined : { kind: "unreadable", found: `is called ${mediaType} by index.json` };
  } catch {
    return undefined;
  }
}
