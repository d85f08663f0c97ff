import type { Digest, ImageName } from "../model/names.js";
import type { ClaimStore } from "../model/registry.js";
import { RegistryError } from "../model/registry.js";
import type { DistributionClient } from "./distribution-client.js";
import { ACCEPT, digestOf, isRecord, OCI_INDEX } from "./manifest.js";

const CLAIM_TYPE = "application/vnd.slipway.claim.v1";
/** The annotation with the text; empty: the claim has ended. */
const TEXT = "dev.slipway.claim";
/** The annotation that makes claims of one builder under different tags different manifests, so that removing one leaves the others. */
const TAG = "dev.slipway.claim.tag";

/**
 * Claims as lists of no images (image specification 1.1, image-index.md): one request writes one, because a list of nothing needs no
 * blobs. Nobody pulls it, and Slipway's own readers find no image there.
 */
export class DistributionClaims implements ClaimStore {
  readonly delay = 0.1;
  readonly #client: DistributionClient;
  /** By NAME:TAG. */
  readonly #written = new Map<string, Set<Digest>>();
  /** Whether the registry has refused to delete. */
  #keeps = false;

  constructor(client: DistributionClient) {
    this.#client = client;
  }

  async readClaim(name: ImageName, tag: string, signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.#client.get(name, `manifests/${tag}`, { headers: { accept: ACCEPT }, signal });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.#client.refused(answer, `${name}:${tag}`);
    return textOf(answer.body);
  }

  async writeClaim(name: ImageName, tag: string, text: string, signal: AbortSignal): Promise<void> {
    const bytes = claim(text, tag);
    await this.#client.putManifest(name, tag, { bytes, mediaType: OCI_INDEX }, signal);
    const ref = `${name}:${tag}`;
    this.#written.set(ref, (this.#written.get(ref) ?? new Set()).add(digestOf(bytes)));
  }

  /** Deletes what it has written where the registry allows that; else an ended claim stays, which is the same for all of an image. */
  async removeClaim(name: ImageName, tag: string, signal: AbortSignal): Promise<void> {
    const ref = `${name}:${tag}`;
    const digests = this.#written.get(ref) ?? [];
    this.#written.delete(ref);
    for (const digest of digests) this.#keeps ||= !(await this.#deletes(name, digest, signal));
    if (this.#keeps) await this.#client.putManifest(name, tag, { bytes: claim("", ""), mediaType: OCI_INDEX }, signal);
  }

  /** Whether a manifest is gone (distribution specification, "deleting manifests"). Many registries allow it to nobody. */
  async #deletes(name: ImageName, digest: Digest, signal: AbortSignal): Promise<boolean> {
    if (this.#keeps) return false;
    const url = this.#client.url(name, `manifests/${digest}`);
    try {
      const answer = await this.#client.send("pull,push", name, { method: "DELETE", url, headers: {}, signal });
      return (answer.status >= 200 && answer.status <= 299) || answer.status === 404;
    } catch (error) {
      if (error instanceof RegistryError) return false;
      throw error;
    }
  }
}

function claim(text: string, tag: string): Buffer {
  const annotations = { [TEXT]: text, [TAG]: tag };
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, artifactType: CLAIM_TYPE, manifests: [], annotations };
  return Buffer.from(JSON.stringify(index));
}

function textOf(bytes: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    const text = isRecord(value) && isRecord(value.annotations) ? value.annotations[TEXT] : undefined;
    return typeof text === "string" && text !== "" ? text : undefined;
  } catch {
    return undefined;
  }
}
