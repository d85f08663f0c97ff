import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { DownloadProblem, hostOf } from "./download-address.js";

/**
 * The proxy for an http or https address by the usual variables, of which the lower-case one wins; undefined: none. `no_proxy`
 * lists names (with all below them), addresses, either with a port, or is `*`.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const name = url.protocol === "http:" ? "http_proxy" : "https_proxy";
  const proxy = env[name] || env[name.toUpperCase()];
  if (!proxy) return undefined;
  const excepted = (env.no_proxy || env.NO_PROXY || "").toLowerCase().split(/[\s,]+/);
  if (excepted.some((entry) => isExcepted(url, entry))) return undefined;
  const address = proxy.includes("://") ? proxy : `http://${proxy}`;
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  // Not repeated: it may hold a password.
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new DownloadProblem(`${name} is no http or https URL`);
  return parsed;
}

function isExcepted(url: URL, entry: string): boolean {
  if (entry === "*") return true;
  const host = hostOf(url);
  if (isIP(entry) !== 0) return host === entry;
  const [, name = "", port] = /^(?:\*?\.)?(.*?)(?::([0-9]+))?$/.exec(entry) ?? [];
  if (name === "" || (port !== undefined && port !== (url.port || (url.protocol === "http:" ? "80" : "443"))))
    return false;
  return host === name.replace(/^\[(.*)\]$/, "$1") || host.endsWith(`.${name}`);
}

/** The header by which a client makes itself known to a proxy, if its URL has a name and a password. */
export function proxyLogin({ username, password }: URL): { readonly "proxy-authorization"?: string } {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return login === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

/** A connection through a proxy to the port that a URL names (RFC 9110, CONNECT). TLS is spoken with the server, not with the proxy. */
export function tunnel(proxy: URL, url: URL, options: { signal: AbortSignal; ca: readonly string[] }): Promise<Duplex> {
  const target = `${url.hostname}:${url.port || "443"}`;
  const headers = { host: target, ...proxyLogin(proxy) };
  const start = proxy.protocol === "https:" ? request : plainRequest;
  const where = { host: hostOf(proxy), port: proxy.port || (proxy.protocol === "https:" ? "443" : "80") };
  return new Promise((resolve, reject) => {
    const { signal, ca } = options;
    const sent = start({ ...where, method: "CONNECT", path: target, headers, agent: false, signal, ca: [...ca] });
    sent.once("connect", (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new DownloadProblem(`the proxy ${where.host} answers ${answer.statusCode} ${answer.statusMessage}`));
    });
    sent.once("response", (answer) => {
      answer.resume();
      reject(new DownloadProblem(`the proxy ${where.host} answers ${answer.statusCode} ${answer.statusMessage}`));
    });
    sent.on("error", (error) => reject(new DownloadProblem(`the proxy ${where.host}: ${error.message}`)));
    sent.end();
  });
}
