import { createHash } from "node:crypto";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const digestOf = (bytes: string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Pushes an image without layers to a registry (distribution specification, "Pushing a blob monolithically"); returns its digest. */
export async function pushImage(host: string, repository: string, tag: string, content: string): Promise<string> {
  const config = JSON.stringify({ architecture: "amd64", os: "linux", author: content, rootfs: { type: "layers" } });
  const base = `http://${host}/v2/${repository}`;
  const started = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
  const upload = new URL(started.headers.get("location") ?? "", base);
  upload.searchParams.set("digest", digestOf(config));
  await expectCreated(await fetch(upload, { method: "PUT", body: config }));
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(config),
      size: Buffer.byteLength(config),
    },
    layers: [],
  });
  const headers = { "content-type": MANIFEST };
  await expectCreated(await fetch(`${base}/manifests/${tag}`, { method: "PUT", headers, body: manifest }));
  return digestOf(manifest);
}

async function expectCreated(answer: Response): Promise<void> {
  if (answer.status !== 201) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
}
