import type { Digest } from "../model/names.js";
import { FILES, parseReferrers } from "./artifact.js";
import type { DistributionClient } from "./distribution-client.js";
import type { HttpResponse } from "./http-exchange.js";
import { ACCEPT, type Descriptor, digestOf, isDigest, isRecord, OCI_INDEX } from "./manifest.js";
import { isWrongManifest } from "./manifest-answer.js";
import type { Flaw, ReadManifest, RegistryContent, TagEntry } from "./registry-content.js";

/** All that a registry has of some images, and the package files in it. */
export class DistributionContent implements RegistryContent {
  readonly hashed = { blobs: 0, bytes: 0 };
  readonly #client: DistributionClient;
  readonly #names: readonly string[];
  readonly #signal: AbortSignal;
  readonly #flaws = new Map<string, Flaw | undefined>();

  constructor(client: DistributionClient, names: readonly string[], signal: AbortSignal) {
    this.#client = client;
    this.#names = names;
    this.#signal = signal;
  }

  async tags(): Promise<ReadonlyMap<string, readonly TagEntry[]>> {
    const all = new Map<string, readonly TagEntry[]>();
    for (const name of new Set([...this.#names, FILES])) {
      const tags = await this.#tagsOf(name);
      if (tags.length > 0)
        all.set(
          name,
          tags.map((tag) => ({ tag })),
        );
    }
    return all;
  }

  async manifest(image: string, reference: Digest | TagEntry): Promise<ReadManifest> {
    const digest = typeof reference === "string" ? reference : undefined;
    const name = typeof reference === "string" ? reference : reference.tag;
    const answer = await this.#client.get(image, `manifests/${name}`, {
      headers: { accept: ACCEPT },
      signal: this.#signal,
      isWrong: (given) => isWrongManifest(given, digest),
    });
    const claimed = answer.headers["docker-content-digest"];
    const expected = digest ?? (isDigest(claimed) ? claimed : undefined);
    if (answer.status !== 200) return { digest: expected, flaw: await this.#refusal(image, answer) };
    const actual = digestOf(answer.body);
    if (expected !== undefined && actual !== expected) return { digest: expected, flaw: OTHER };
    return { digest: actual, bytes: answer.body };
  }

  async blobFlaw(image: string, { digest, size }: Descriptor): Promise<Flaw | undefined> {
    const id = `${image} ${digest}`;
    if (!this.#flaws.has(id)) this.#flaws.set(id, await this.#blobFlaw(image, { digest, size }));
    return this.#flaws.get(id);
  }

  async read(image: string, { digest }: Descriptor): Promise<Buffer | undefined> {
    const answer = await this.#client.get(image, `blobs/${digest}`, { signal: this.#signal });
    return answer.status === 200 && digestOf(answer.body) === digest ? answer.body : undefined;
  }

  async referrers(image: string, subject: Digest): Promise<readonly Digest[]> {
    const headers = { accept: OCI_INDEX };
    const answer = await this.#client.get(image, `referrers/${subject}`, { headers, signal: this.#signal });
    // Registries without such lists answer 404, some 400 or 405.
    if (answer.status !== 200 || !answer.headers["content-type"]?.startsWith(OCI_INDEX)) return [];
    return parseReferrers(answer.body, this.#client.repository(image)).map(({ digest }) => digest);
  }

  async indexFlaws(): Promise<readonly Flaw[]> {
    return [];
  }

  async others() {
    return null;
  }

  async #blobFlaw(image: string, { digest, size }: Pick<Descriptor, "digest" | "size">): Promise<Flaw | undefined> {
    const answer = await this.#client.get(image, `blobs/${digest}`, {
      signal: this.#signal,
      isHashed: true,
      isWrong: ({ hashed }) => hashed !== undefined && hashed.digest !== digest,
    });
    if (answer.hashed === undefined) return this.#refusal(image, answer);
    this.hashed.blobs += 1;
    this.hashed.bytes += answer.hashed.size;
    if (answer.hashed.size !== size)
      return { kind: "size", found: `has ${answer.hashed.size} bytes instead of ${size}` };
    return answer.hashed.digest === digest ? undefined : OTHER;
  }

  /** A registry that answers other questions has trouble with this one part only. RegistryError: it has trouble with all. */
  async #refusal(image: string, answer: HttpResponse): Promise<Flaw> {
    if (answer.status === 404) return { kind: "missing", found: "is missing" };
    if (answer.status < 500) throw this.#client.refused(answer, image);
    await this.#tagsOf(image);
    return { kind: "unreadable", found: `cannot be read: the registry answers ${answer.status}` };
  }

  /** In pages (distribution specification, "listing tags"). None where there is no such repository. */
  async #tagsOf(image: string): Promise<readonly string[]> {
    const tags: string[] = [];
    for (let path = "tags/list?n=1000"; path !== ""; ) {
      const answer = await this.#client.get(image, path, {
        signal: this.#signal,
        limit: TAGS_LIMIT,
        isWrong: isNoList,
      });
      if (answer.status === 404) return tags;
      if (answer.status !== 200) throw this.#client.refused(answer, image);
      const page = tagsIn(answer);
      tags.push(...page);
      const isLast = !/rel="?next"?/.test(String(answer.headers.link ?? "")) || page.length === 0;
      path = isLast ? "" : `tags/list?n=1000&last=${encodeURIComponent(page.at(-1) ?? "")}`;
    }
    return tags;
  }
}

/** Bytes: a page of the longest tags. */
const TAGS_LIMIT = 16 * 1024 * 1024;
const OTHER: Flaw = { kind: "digest", found: "has other bytes" };

const isNoList = (answer: HttpResponse) => answer.status === 200 && !answer.body.includes('"tags"');

function tagsIn({ body }: HttpResponse): readonly string[] {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    const tags = isRecord(value) && Array.isArray(value.tags) ? value.tags : [];
    return tags.filter((tag): tag is string => typeof tag === "string" && /^\w[\w.-]{0,127}$/.test(tag));
  } catch {
    return [];
  }
}
