import { randomBytes } from "node:crypto";
import { rename, rm, stat } from "node:fs/promises";
import type { Digest } from "../model/names.js";
import type { StoredFile } from "../model/registry.js";
import { digestTag, EMPTY_BYTES, EMPTY_CONFIG, FILES, fileArtifact, layerOf } from "./artifact.js";
import type { DistributionClient } from "./distribution-client.js";
import { fileDigest } from "./file-digest.js";
import type { HttpResponse } from "./http-exchange.js";
import { ACCEPT } from "./manifest.js";
import { isWrongManifest } from "./manifest-answer.js";
import { hasBlob, uploadBlob } from "./upload.js";

/** Files in a repository of their own, one artifact each: a blob that no manifest names is collected as garbage. */
export class DistributionFiles {
  readonly #client: DistributionClient;
  /** All artifacts share it, and docker-registry 2.8 is confused by two that upload it at once. */
  #config: Promise<void> | undefined;

  constructor(client: DistributionClient) {
    this.#client = client;
  }

  async has(sha256: string, signal: AbortSignal): Promise<boolean> {
    const digest = `sha256:${sha256}` as Digest;
    const options = { headers: { accept: ACCEPT }, signal, isWrong: isWrongManifest };
    const answer = await this.#client.get(FILES, `manifests/${digestTag(digest)}`, options);
    if (answer.status === 404) return false;
    if (answer.status !== 200) throw this.#client.refused(answer, FILES);
    return layerOf(answer.body)?.digest === digest && hasBlob(this.#client, FILES, digest, signal);
  }

  async store(file: StoredFile, signal: AbortSignal): Promise<"stored" | "present"> {
    if (await this.has(file.sha256, signal)) return "present";
    const { size } = await stat(file.path);
    const digest = `sha256:${file.sha256}` as Digest;
    await this.#uploadConfig(signal);
    await uploadBlob(this.#client, FILES, { digest, body: { path: file.path, size } }, signal);
    await this.#client.putManifest(FILES, digestTag(digest), fileArtifact(file, size), signal);
    return "stored";
  }

  async fetch(sha256: string, to: string, signal: AbortSignal): Promise<boolean> {
    const part = `${to}.${randomBytes(6).toString("hex")}`;
    try {
      const digest = `sha256:${sha256}`;
      const isWrong = async ({ status }: HttpResponse) => status === 200 && (await fileDigest(part)) !== digest;
      const answer = await this.#client.get(FILES, `blobs/${digest}`, { into: part, signal, isWrong });
      if (answer.status === 404) return false;
      if (answer.status !== 200) throw this.#client.refused(answer, FILES);
      await rename(part, to);
      return true;
    } finally {
      await rm(part, { force: true });
    }
  }

  async #uploadConfig(signal: AbortSignal): Promise<void> {
    const upload = { digest: EMPTY_CONFIG.digest, body: EMPTY_BYTES };
    this.#config ??= uploadBlob(this.#client, FILES, upload, signal);
    await this.#config.catch((error: unknown) => {
      this.#config = undefined;
      throw error;
    });
  }
}
