import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

export interface MemoryRegistry {
  /** `127.0.0.1:PORT`, without TLS. */
  readonly host: string;
  /** `METHOD /v2/…` of every request. */
  readonly seen: string[];
  /** By `REPOSITORY REFERENCE`: a tag or a digest. */
  readonly manifests: Map<string, { readonly bytes: Buffer; readonly type: string }>;
  /** By digest. */
  readonly blobs: Map<string, Buffer>;
  /** Called before a request is answered; what it returns is the status of a refusal. */
  before: (request: string) => number | undefined | Promise<number | undefined>;
  stop(): Promise<void>;
}

const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const PATH = /^\/v2\/(.+)\/(manifests|blobs)\/(uploads\/|[^/?]+)$/;

/** As much of the distribution protocol as Slipway's own requests need, in memory. `latency`: milliseconds before each answer. */
export async function startMemoryRegistry(latency = 0): Promise<MemoryRegistry> {
  const registry = {
    ...{ seen: [] as string[], manifests: new Map(), blobs: new Map<string, Buffer>() },
    before: () => undefined,
  } as Omit<MemoryRegistry, "host" | "stop">;
  const server = createServer(async (request, response) => {
    const { status, headers = {}, bytes } = await answered(registry, request, latency);
    response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(registry, { host: `127.0.0.1:${port}`, stop });
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly bytes?: Buffer;
}

async function answered(
  registry: Omit<MemoryRegistry, "host" | "stop">,
  request: IncomingMessage,
  latency: number,
): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://registry");
  const told = `${request.method} ${url.pathname}`;
  registry.seen.push(told);
  const body = await buffer(request);
  if (latency > 0) await sleep(latency);
  const refusal = await registry.before(told);
  if (refusal !== undefined) return { status: refusal };
  const [, repository = "", kind, reference = ""] = PATH.exec(url.pathname) ?? [];
  if (kind === undefined) return { status: url.pathname === "/v2/" ? 200 : 404 };
  if (reference === "uploads/") return upload(registry, url, { method: request.method, body });
  if (request.method === "PUT")
    return put(registry, repository, { reference, body, type: request.headers["content-type"] });
  if (kind === "blobs") return found(registry.blobs.get(reference), "application/octet-stream");
  const manifest = registry.manifests.get(`${repository} ${reference}`);
  return found(manifest?.bytes, manifest?.type);
}

/** One POST for the address, one PUT of the whole. */
function upload(
  { blobs }: Pick<MemoryRegistry, "blobs">,
  url: URL,
  { method, body }: { readonly method: string | undefined; readonly body: Buffer },
): Answer {
  if (method === "POST") return { status: 202, headers: { location: `${url.pathname}?session=1` } };
  if (url.searchParams.get("digest") !== digestOf(body)) return { status: 400 };
  blobs.set(digestOf(body), body);
  return { status: 201 };
}

function put(
  { manifests }: Pick<MemoryRegistry, "manifests">,
  repository: string,
  {
    reference,
    body,
    type = "",
  }: { readonly reference: string; readonly body: Buffer; readonly type: string | undefined },
): Answer {
  for (const name of [reference, digestOf(body)]) manifests.set(`${repository} ${name}`, { bytes: body, type });
  return { status: 201, headers: { "docker-content-digest": digestOf(body) } };
}

function found(bytes: Buffer | undefined, type = ""): Answer {
  if (bytes === undefined) return { status: 404 };
  return { status: 200, headers: { "content-type": type, "docker-content-digest": digestOf(bytes) }, bytes };
}
