import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import { HttpError, type HttpExchange, type HttpRequest, type HttpResponse } from "./http-exchange.js";
import { trustedCertificates } from "./trust.js";

export interface HttpOptions {
  /** false: certificates are not verified, and a server that speaks no TLS is spoken to without, as Buildah does. */
  readonly tlsVerify: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds to wait for a connection and the head of an answer, and for each further part of its body. */
  readonly timeout?: number;
}

/** Requests at a time and host; more wait for a free connection. */
const CONNECTIONS = 8;
const TIMEOUT = 30_000;
/** Bytes. What distribution registries accept as a manifest; token answers are far smaller. */
const BODY_LIMIT = 4 * 1024 * 1024;
const REDIRECTS = 5;

/** An exchange over kept connections that follows redirects of GET and HEAD. */
export function httpExchange({ tlsVerify, env, timeout = TIMEOUT }: HttpOptions): HttpExchange {
  const plainAgent = new PlainAgent({ keepAlive: true, maxSockets: CONNECTIONS });
  const agents = new Map<string, Agent>();
  const plainHosts = new Set<string>();

  const agentFor = (host: string): Agent => {
    let agent = agents.get(host);
    if (agent === undefined) {
      const ca = tlsVerify ? [...trustedCertificates(host, env)] : undefined;
      agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, rejectUnauthorized: tlsVerify, ...(ca && { ca }) });
      agents.set(host, agent);
    }
    return agent;
  };

  const once = async (call: HttpRequest): Promise<HttpResponse> => {
    const { host, protocol } = call.url;
    if (protocol === "http:" || plainHosts.has(host)) return send(call, plainAgent, timeout);
    try {
      return await send(call, agentFor(host), timeout);
    } catch (error) {
      if (tlsVerify || !speaksNoTls(error)) throw error;
      const answer = await send(call, plainAgent, timeout);
      plainHosts.add(host);
      return answer;
    }
  };

  return async (first) => {
    let call = first;
    for (let hops = 0; ; hops += 1) {
      const answer = await once(call);
      const location = answer.headers.location;
      const redirected = [301, 302, 303, 307, 308].includes(answer.status) && location !== undefined;
      if (!redirected || (call.method !== "GET" && call.method !== "HEAD")) return answer;
      if (hops === REDIRECTS) throw new HttpError(`more than ${REDIRECTS} redirects`, "REDIRECTS");
      call = redirect(call, location, tlsVerify);
    }
  };
}

/** Credentials stay with the host they are for: the target of a redirect is often a storage service of somebody else's. */
function redirect(call: HttpRequest, location: string, tlsVerify: boolean): HttpRequest {
  if (!URL.canParse(location, call.url.href)) throw new HttpError("a redirect to no address", "REDIRECTS");
  const url = new URL(location, call.url);
  if (tlsVerify && url.protocol !== "https:") {
    throw new HttpError(`a redirect from https to ${url.protocol}//${url.host}`, "REDIRECTS");
  }
  if (url.host === call.url.host) return { ...call, url };
  const { authorization: _, ...headers } = call.headers;
  return { ...call, url, headers };
}

function speaksNoTls(error: unknown): boolean {
  const code = error instanceof HttpError ? error.code : "";
  return code === "EPROTO" || code === "ECONNRESET" || code.startsWith("ERR_SSL_");
}

async function send(call: HttpRequest, agent: Agent | PlainAgent, timeout: number): Promise<HttpResponse> {
  try {
    return await attempt(call, agent, timeout);
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof HttpError) throw error;
    const { message, code = "" } = error as NodeJS.ErrnoException;
    // With several addresses for a name Node rejects with an AggregateError that has a code and no message.
    throw new HttpError(message || code, code, { cause: error });
  }
}

function attempt(call: HttpRequest, agent: Agent | PlainAgent, timeout: number): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body, signal } = call;
    const start = agent instanceof Agent ? request : plainRequest;
    const target = agent instanceof Agent ? url : Object.assign(new URL(url), { protocol: "http:" });
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const sent = start(target, { method, agent, headers: { ...headers, ...length }, ...(signal && { signal }) });
    const fail = (message: string) => sent.destroy(new HttpError(message, "ETIMEDOUT"));
    let timer: NodeJS.Timeout | undefined;
    const watch = (what: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(`no ${what} within ${timeout / 1000} s`), timeout);
    };
    // From the socket on: a request that waits for a free connection is not late.
    sent.once("socket", () => watch("answer"));
    sent.once("close", () => clearTimeout(timer));
    sent.once("error", reject);
    sent.once("response", (answer) => {
      watch("further data");
      answer.on("data", () => watch("further data"));
      collect(answer).then((bytes) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes });
      }, reject);
    });
    sent.end(body);
  });
}

async function collect(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new HttpError(`an answer of more than ${BODY_LIMIT >> 20} MiB`, "TOO_LARGE");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
