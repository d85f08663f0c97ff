import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import type { DistributionClient } from "./distribution-client.js";
import type { FileBody, HttpResponse } from "./http-exchange.js";

export interface Upload {
  readonly digest: Digest;
  readonly body: Uint8Array | FileBody;
}

/** How many times an upload is begun: one that broke off cannot be continued. */
const ATTEMPTS = 3;
/** Whether the registry has forgotten the upload, or has it at another position than its beginning. */
const LOST = [400, 404, 416];

export async function hasBlob(
  client: DistributionClient,
  name: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<boolean> {
  const url = client.url(name, `blobs/${digest}`);
  const { status } = await client.send("pull", name, { method: "HEAD", url, headers: {}, signal });
  // An answer to HEAD has no message about what is wrong: that of the upload will.
  return status === 200;
}

/** Stores a blob where it is not there yet: one POST for an address, one PUT (distribution specification, "pushing blobs"). */
export async function uploadBlob(
  client: DistributionClient,
  name: string,
  upload: Upload,
  signal: AbortSignal,
): Promise<void> {
  if (await hasBlob(client, name, upload.digest, signal)) return;
  for (let attempt = 1; ; attempt += 1) {
    const url = await beginUpload(client, name, signal);
    url.searchParams.set("digest", upload.digest);
    const headers = { "content-type": "application/octet-stream" };
    const { body } = upload;
    const answer = await client.send("pull,push", name, { method: "PUT", url, headers, body, signal });
    if (answer.status >= 200 && answer.status <= 299) return;
    if (!LOST.includes(answer.status) || attempt === ATTEMPTS) throw client.refused(answer, name);
  }
}

async function beginUpload(client: DistributionClient, name: string, signal: AbortSignal): Promise<URL> {
  const url = client.url(name, "blobs/uploads/");
  const isWrong = ({ status }: HttpResponse) => status >= 200 && status <= 299 && status !== 202;
  const answer = await client.send("pull,push", name, { method: "POST", url, headers: {}, signal, isWrong });
  if (answer.status !== 202) throw client.refused(answer, name);
  return uploadAddress(answer, url);
}

/** Credentials go with it, so it must be the same host; registries behind a proxy often write http there. */
function uploadAddress({ headers: { location = "" } }: HttpResponse, asked: URL): URL {
  const url = URL.canParse(location, asked.href) ? new URL(location, asked) : undefined;
  if (location === "" || url?.host !== asked.host) {
    throw new RegistryError(
      `Registry ${asked.host} wants uploads sent to ${url && location !== "" ? url.host : "no address"}: nothing is sent there.`,
    );
  }
  url.protocol = asked.protocol;
  return url;
}
