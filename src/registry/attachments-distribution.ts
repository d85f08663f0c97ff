import type { Digest, ImageName } from "../model/names.js";
import { type Attachment, RegistryError } from "../model/registry.js";
import {
  addReferrer,
  artifact,
  DOCUMENT_LIMIT,
  digestTag,
  EMPTY_BYTES,
  EMPTY_CONFIG,
  layerOf,
  type OciArtifact,
  parseReferrers,
  type Referrer,
} from "./artifact.js";
import type { DistributionClient } from "./distribution-client.js";
import type { HttpResponse } from "./http-exchange.js";
import { ACCEPT, type Descriptor, digestOf, OCI_INDEX, OCI_MANIFEST } from "./manifest.js";
import { isWrongManifest } from "./manifest-answer.js";
import { uploadBlob } from "./upload.js";

/** How many times the list of documents is written where others write it at the same time. */
const ATTEMPTS = 8;
/** How many times a document with a wrong digest is read. */
const READS = 3;
/** Milliseconds, times the number of the attempt. */
const DELAY = 100;

interface Listed {
  readonly referrers: readonly Referrer[];
  /** The registry keeps the list itself. */
  readonly byRegistry: boolean;
}

/** Documents about images in a registry: listed by the registry, or under a tag that stands for the image's digest. */
export class DistributionAttachments {
  readonly #client: DistributionClient;
  /** The last change to each repository: of two changes to one list at the same time, one would be lost. */
  readonly #turns = new Map<ImageName, Promise<void>>();

  constructor(client: DistributionClient) {
    this.#client = client;
  }

  async find(name: ImageName, subject: Digest, artifactType: string): Promise<readonly Buffer[]> {
    const { referrers } = await this.#list(name, subject, artifactType);
    const wanted = referrers.filter((entry) => entry.artifactType === artifactType);
    const documents = await Promise.all(wanted.map(({ digest }) => this.#read(name, subject, digest)));
    return documents.filter((document) => document !== undefined);
  }

  attach(name: ImageName, subject: Digest, attachment: Attachment, signal: AbortSignal): Promise<void> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(() =>
      this.#attach(name, subject, attachment, signal),
    );
    this.#turns.set(
      name,
      turn.catch(() => {}),
    );
    return turn;
  }

  async #attach(name: ImageName, subject: Digest, attachment: Attachment, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { artifactType, bytes } = attachment;
    const layer = { mediaType: artifactType, digest: digestOf(bytes), size: bytes.length };
    const document = artifact({ artifactType, layer, subject: await this.#subject(name, subject, signal) });
    const listed = await this.#list(name, subject, artifactType);
    if (listed.referrers.some(({ digest }) => digest === document.digest)) return;
    await uploadBlob(this.#client, name, { digest: EMPTY_CONFIG.digest, body: EMPTY_BYTES }, signal);
    await uploadBlob(this.#client, name, { digest: layer.digest, body: bytes }, signal);
    const answer = await this.#client.putManifest(name, document.digest, document, signal);
    // A registry that keeps the list says so (distribution specification, "pushing manifests with subject").
    if (answer.headers["oci-subject"] === undefined && !listed.byRegistry) {
      await this.#addToTag(name, subject, { document, artifactType }, signal);
    }
  }

  /** Looks again after each write: a writer elsewhere may have replaced the list in between. */
  async #addToTag(
    name: ImageName,
    subject: Digest,
    { document, artifactType }: { document: OciArtifact; artifactType: string },
    signal: AbortSignal,
  ): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      // At the third attempt somebody else is clearly writing, too.
      if (attempt > 2) await this.#client.sleep(DELAY * attempt, signal);
      const index = addReferrer(await this.#tagged(name, subject), document, artifactType);
      if (index === undefined) return;
      await this.#client.putManifest(name, digestTag(subject), index, signal);
    }
    if ((await this.#tagged(name, subject)).some(({ digest }) => digest === document.digest)) return;
    throw new RegistryError(
      `${this.#client.repository(name)}:${digestTag(subject)} is written by others all the time. Try again later.`,
    );
  }

  async #subject(name: ImageName, digest: Digest, signal: AbortSignal): Promise<Descriptor> {
    const isWrong = (answer: HttpResponse) => isWrongManifest(answer, digest);
    const path = `manifests/${digest}`;
    const answer = await this.#client.get(name, path, { headers: { accept: ACCEPT }, signal, isWrong });
    const where = `${this.#client.repository(name)}@${digest}`;
    if (answer.status === 404) throw new RegistryError(`There is no image ${where} to attach a document to.`);
    if (answer.status !== 200) throw this.#client.refused(answer, name);
    if (digestOf(answer.body) !== digest) throw new RegistryError(`${where}: the registry gives another manifest.`);
    const mediaType = answer.headers["content-type"]?.split(";")[0]?.trim() || OCI_MANIFEST;
    return { mediaType, digest, size: answer.body.length };
  }

  /** A registry without the referrers API answers 404 (specification: then the tag counts), some others 400 or 405. */
  async #list(name: ImageName, subject: Digest, artifactType: string): Promise<Listed> {
    const path = `referrers/${subject}?artifactType=${encodeURIComponent(artifactType)}`;
    const isWrong = (answer: HttpResponse) =>
      answer.headers["content-type"]?.startsWith(OCI_INDEX) === true && isWrongManifest(answer);
    const answer = await this.#client.get(name, path, { headers: { accept: OCI_INDEX }, isWrong });
    if (answer.status === 200 && answer.headers["content-type"]?.startsWith(OCI_INDEX)) {
      return { referrers: parseReferrers(answer.body, this.#client.repository(name)), byRegistry: true };
    }
    if (![200, 400, 404, 405].includes(answer.status)) throw this.#client.refused(answer, name);
    return { referrers: await this.#tagged(name, subject), byRegistry: false };
  }

  async #tagged(name: ImageName, subject: Digest): Promise<readonly Referrer[]> {
    const tag = digestTag(subject);
    const isWrong = isWrongManifest;
    const answer = await this.#client.get(name, `manifests/${tag}`, { headers: { accept: ACCEPT }, isWrong });
    if (answer.status === 404) return [];
    if (answer.status !== 200) throw this.#client.refused(answer, `${name}:${tag}`);
    return parseReferrers(answer.body, `${this.#client.repository(name)}:${tag}`);
  }

  /** undefined: it is gone, about another image, or damaged. */
  async #read(name: ImageName, subject: Digest, digest: Digest): Promise<Buffer | undefined> {
    const manifest = await this.#get(name, `manifests/${digest}`, digest, { accept: ACCEPT });
    const layer = manifest && layerOf(manifest, subject);
    return layer && this.#get(name, `blobs/${layer.digest}`, layer.digest, {});
  }

  async #get(name: ImageName, path: string, digest: Digest, headers: Record<string, string>) {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#client.get(name, path, { headers, limit: DOCUMENT_LIMIT });
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw this.#client.refused(answer, name);
      if (digestOf(answer.body) === digest) return answer.body;
      // It may have been changed on its way.
      if (attempt === READS) return undefined;
      await this.#client.sleep(DELAY);
    }
  }
}
