import { Agent as PlainAgent } from "node:http";
import { Agent } from "node:https";
import { HttpError, type HttpExchange, type HttpRequest, type HttpResponse } from "./http-exchange.js";
import { registryAuthorities } from "./registry-authorities.js";
import { sendRequest } from "./send-request.js";

export interface HttpOptions {
  /** false: certificates are not verified, and servers without TLS are accepted, as by Buildah. */
  readonly tlsVerify: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds to wait for a connection and the head of an answer, and for each further part of its body. */
  readonly timeout?: number;
}

/** Concurrent requests to one host; more wait for a free connection. */
const CONNECTIONS = 8;
const TIMEOUT = 30_000;
const REDIRECTS = 5;

/** An exchange over kept connections that follows redirects of GET and HEAD. */
export function httpExchange({ tlsVerify, env, timeout = TIMEOUT }: HttpOptions): HttpExchange {
  const plainAgent = new PlainAgent({ keepAlive: true, maxSockets: CONNECTIONS });
  const agents = new Map<string, Agent>();
  const plainHosts = new Set<string>();

  const agentFor = (host: string): Agent => {
    let agent = agents.get(host);
    if (agent === undefined) {
      const ca = tlsVerify ? [...registryAuthorities(host, env)] : undefined;
      agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, rejectUnauthorized: tlsVerify, ...(ca && { ca }) });
      agents.set(host, agent);
    }
    return agent;
  };

  const once = async (call: HttpRequest): Promise<HttpResponse> => {
    const { host, protocol } = call.url;
    if (protocol === "http:" || plainHosts.has(host)) return sendRequest(call, plainAgent, timeout);
    try {
      return await sendRequest(call, agentFor(host), timeout);
    } catch (error) {
      if (tlsVerify || !speaksNoTls(error)) throw error;
      const answer = await sendRequest(call, plainAgent, timeout);
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

/** Credentials stay with their host: the target of a redirect is often somebody else's storage service. */
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
