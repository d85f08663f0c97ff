import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { buffer } from "node:stream/consumers";

/** What is asked of a registry. `base`: whether there is one at all. */
export const REQUESTS = [
  "base",
  "token",
  "manifest-get",
  "manifest-head",
  "manifest-put",
  "blob-get",
  "blob-head",
  "upload-post",
  "upload-patch",
  "upload-put",
] as const;
export type RequestKind = (typeof REQUESTS)[number];

export const FAULTS = [
  "500",
  "503",
  "429",
  /** The connection ends before anything is answered. */
  "reset",
  /** The answer ends in its middle. */
  "cut",
  /** Everything is accepted, and nothing answered. */
  "hang",
  /** The answer has a changed byte or another digest; what is sent is refused as damaged. */
  "wrong-digest",
  /** A web page, with status 200. */
  "html",
  /** The token is refused; not for the token server itself. */
  "expired-token",
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly request: RequestKind;
  readonly kind: FaultKind;
}

export interface FaultyRegistryOptions {
  /** `127.0.0.1:PORT` of a registry without TLS. */
  readonly upstream: string;
  /** Left out: none, until `inject`. */
  readonly fault?: Fault;
  /** true: at each such request; else at the first one only. */
  readonly isForGood?: boolean;
  /** true: it wants tokens, which it hands out to everybody. Implied by faults of tokens. */
  readonly hasTokens?: boolean;
}

export interface FaultyRegistry {
  /** `127.0.0.1:PORT`, without TLS. */
  readonly host: string;
  /** How often each kind of request came. */
  readonly seen: ReadonlyMap<RequestKind, number>;
  /** How often a fault was injected. */
  readonly injected: number;
  /** The faults that were injected. */
  readonly met: ReadonlySet<Fault>;
  /** Changes the faults; undefined: none. Counters begin again. */
  inject(faults: Fault | readonly Fault[] | undefined, isForGood?: boolean): void;
  stop(): Promise<void>;
}

const PAGE = "<!DOCTYPE html><html><title>Log in to the hotel's network</title></html>";

/** A proxy before a registry that injects faults into kinds of requests: one fault a request, the first one that fits. */
export async function startFaultyRegistry(options: FaultyRegistryOptions): Promise<FaultyRegistry> {
  const { upstream } = options;
  let { isForGood = false } = options;
  let faults: readonly Fault[] = options.fault === undefined ? [] : [options.fault];
  const met = new Set<Fault>();
  const seen = new Map<RequestKind, number>();
  let injected = 0;
  let tokens = 0;
  const server = createServer((asked, answer) => {
    const kind = kindOf(asked);
    if (kind !== undefined) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const fault = faults.find((one) => one.request === kind && (isForGood || !met.has(one)));
    const wantsTokens =
      options.hasTokens || faults.some((one) => one.request === "token" || one.kind === "expired-token");
    asked.on("error", () => {});
    answer.on("error", () => {});
    if (wantsTokens && kind !== "token" && !/^Bearer t\d+$/.test(asked.headers.authorization ?? "")) {
      return demandToken(asked, answer);
    }
    if (fault !== undefined) {
      injected += 1;
      met.add(fault);
      return injectFault(fault.kind, { asked, answer, upstream });
    }
    if (kind === "token") {
      tokens += 1;
      return void answer.writeHead(200, { "content-type": "application/json" }).end(tokenText(tokens));
    }
    return forward({ asked, answer, upstream });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    host: `127.0.0.1:${address.port}`,
    seen,
    get injected() {
      return injected;
    },
    met,
    inject: (next = [], forGood = false) => {
      [faults, isForGood, injected] = [[next].flat(), forGood, 0];
      seen.clear();
      met.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  readonly upstream: string;
}

const tokenText = (count: number) => JSON.stringify({ token: `t${count}`, expires_in: 300 });

function kindOf({ method, url = "" }: IncomingMessage): RequestKind | undefined {
  const [path = ""] = url.split("?");
  if (path === "/v2/") return "base";
  if (path === "/token") return "token";
  if (path.includes("/blobs/uploads/")) {
    return ({ POST: "upload-post", PATCH: "upload-patch", PUT: "upload-put" } as const)[method as "POST"];
  }
  const what = /\/(manifest|blob)s\/[^/]+$/.exec(path)?.[1] as "manifest" | "blob" | undefined;
  const verb = method === "GET" || method === "HEAD" ? (method.toLowerCase() as "get" | "head") : undefined;
  if (what === undefined) return undefined;
  if (verb !== undefined) return `${what}-${verb}`;
  return what === "manifest" && method === "PUT" ? "manifest-put" : undefined;
}

function demandToken(asked: IncomingMessage, answer: ServerResponse, isExpired = false): void {
  asked.resume();
  const realm = `Bearer realm="http://${asked.headers.host}/token",service="faults"`;
  const challenge = isExpired ? `${realm},error="invalid_token"` : realm;
  const body = JSON.stringify({ errors: [{ code: "UNAUTHORIZED", message: "invalid token" }] });
  answer.writeHead(401, { "www-authenticate": challenge, "content-type": "application/json" }).end(body);
}

function injectFault(kind: FaultKind, exchange: Exchange): void {
  const { asked, answer } = exchange;
  if (kind === "cut" || kind === "wrong-digest") return void spoil(kind, exchange);
  // What is sent is taken, as by a registry that fails afterwards.
  asked.resume();
  if (kind === "hang") return;
  if (kind === "reset") return void asked.socket.resetAndDestroy();
  if (kind === "expired-token") return void demandToken(asked, answer, true);
  if (kind === "html") return void answer.writeHead(200, { "content-type": "text/html" }).end(PAGE);
  const body = JSON.stringify({ errors: [{ code: "UNKNOWN", message: `status ${kind}` }] });
  answer.writeHead(Number(kind), { "retry-after": "1", "content-type": "application/json" }).end(body);
}

/** Answers what upstream answers, with half of it missing or a byte of it changed. */
async function spoil(kind: "cut" | "wrong-digest", { asked, answer, upstream }: Exchange): Promise<void> {
  if (asked.url?.startsWith("/token")) {
    const text = kind === "cut" ? '{"token":"t' : '{"token":"of somebody else"}';
    answer.writeHead(200, { "content-type": "application/json", "content-length": kind === "cut" ? 60 : text.length });
    if (kind === "wrong-digest") return void answer.end(text);
    return void answer.write(text, () => asked.socket.destroy());
  }
  if (kind === "wrong-digest" && ["PUT", "PATCH", "POST"].includes(asked.method ?? "")) {
    asked.resume();
    const body = JSON.stringify({ errors: [{ code: "DIGEST_INVALID", message: "not the digest of what was sent" }] });
    return void answer.writeHead(400, { "content-type": "application/json" }).end(body);
  }
  const given = send(target(asked, upstream), (from) => {
    buffer(from).then((bytes) => {
      const headers = { ...from.headers };
      const half = bytes.length >> 1;
      if (kind === "wrong-digest") {
        if (bytes.length > 0) bytes[half] = (bytes[half] ?? 0) ^ 1;
        else if (headers["docker-content-digest"]) headers["docker-content-digest"] = `sha256:${"0".repeat(64)}`;
        return void answer.writeHead(from.statusCode ?? 500, headers).end(bytes);
      }
      if (bytes.length === 0) return void asked.socket.write("HTTP/1.1 20", () => asked.socket.destroy());
      answer.writeHead(from.statusCode ?? 500, { ...headers, "content-length": bytes.length });
      answer.write(bytes.subarray(0, half), () => asked.socket.destroy());
    }, answer.destroy.bind(answer));
  });
  given.on("error", () => answer.destroy());
  asked.pipe(given);
}

function forward({ asked, answer, upstream }: Exchange): void {
  const given = send(target(asked, upstream), (from) => {
    answer.writeHead(from.statusCode ?? 500, from.headers);
    from.on("error", () => answer.destroy());
    from.pipe(answer);
  });
  given.on("error", () => answer.destroy());
  answer.on("close", () => given.destroy());
  asked.pipe(given);
}

/** With the proxy's own name as Host, so that addresses in answers lead back to it. */
function target({ method, url, headers }: IncomingMessage, upstream: string) {
  const { authorization: _, ...others } = headers;
  const { hostname, port } = new URL(`http://${upstream}`);
  return { hostname, port, path: url, method, headers: others };
}
