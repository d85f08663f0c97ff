import { type IncomingMessage, STATUS_CODES } from "node:http";
import { type RequestOptions, request } from "node:https";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { checkedLookup, checkUrl, DownloadProblem, hostOf, type Resolve } from "./download-address.js";
import { proxyFor, tunnel } from "./download-proxy.js";

export interface RequestDeps {
  readonly env: NodeJS.ProcessEnv;
  /** Authorities to trust, as PEM. */
  readonly ca: readonly string[];
  readonly resolve: Resolve;
  /** Lower-case hosts that may have private addresses. */
  readonly privateHosts: ReadonlySet<string>;
  /** Milliseconds until the head of an answer is there, and between two parts of its body. */
  readonly timeout: number;
}

const REDIRECTS = 5;

/** The answer with the file, after redirects. Raises DownloadProblem, and whatever the signal says. */
export async function openUrl(start: URL, deps: RequestDeps, signal: AbortSignal): Promise<IncomingMessage> {
  let url = start;
  for (let hops = 0; ; hops += 1) {
    if (hops > REDIRECTS) throw new DownloadProblem(`more than ${REDIRECTS} redirects`);
    const via = hops === 0 ? "" : "it redirects to an address that is not allowed: ";
    try {
      checkUrl(url, deps.privateHosts);
    } catch (error) {
      throw error instanceof DownloadProblem ? new DownloadProblem(`${via}${error.message}`) : error;
    }
    const answer = await ask(url, deps, signal);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200) return answer;
    answer.destroy();
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) {
      throw new DownloadProblem(
        `${hostOf(url)} answers ${statusCode} ${STATUS_CODES[statusCode] ?? ""}`.trim(),
        statusCode,
      );
    }
    if (!URL.canParse(headers.location, url.href)) throw new DownloadProblem("it redirects to no address");
    url = new URL(headers.location, url);
  }
}

async function ask(url: URL, deps: RequestDeps, signal: AbortSignal): Promise<IncomingMessage> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  const late = () => controller.abort(new DownloadProblem(`${hostOf(url)}: no answer within ${deps.timeout / 1000} s`));
  const timer = setTimeout(late, deps.timeout);
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    return await send(url, deps, controller.signal);
  } catch (error) {
    signal.throwIfAborted();
    throw controller.signal.aborted ? controller.signal.reason : explained(error, url);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

async function send(url: URL, deps: RequestDeps, signal: AbortSignal): Promise<IncomingMessage> {
  const { ca, env, resolve, privateHosts } = deps;
  // Never taken from the environment (NODE_TLS_REJECT_UNAUTHORIZED): a hash says nothing about who was asked, and for what.
  const trust = { ca: [...ca], rejectUnauthorized: true };
  const proxy = proxyFor(url, env);
  // A proxy resolves the name itself. Then only private addresses that stand in a URL are refused: what else may be reached is the
  // proxy's decision.
  const socket = proxy && (await tunnel(proxy, url, { signal, ca }));
  const host = hostOf(url);
  const options: RequestOptions = {
    ...trust,
    headers: { "accept-encoding": "identity", "user-agent": "slipway" },
    signal,
    // Without an agent no connection is kept: each is made to an address that was checked for it.
    ...(socket
      ? {
          createConnection: () =>
            connect({ socket, ...(isIP(host) === 0 ? { servername: host } : { host }), ...trust }),
        }
      : { agent: false, lookup: checkedLookup(resolve, privateHosts) }),
  };
  return new Promise((done, reject) => {
    const sent = request(url, options, done);
    sent.on("error", (error) => {
      socket?.destroy();
      reject(error);
    });
    sent.end();
  });
}

/** What went wrong, in words for users. Node has no list of codes: those of TLS errors are OpenSSL's and begin like these. */
function explained(error: unknown, url: URL): unknown {
  if (error instanceof DownloadProblem || !(error instanceof Error)) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  const host = hostOf(url);
  if (code === "ENOTFOUND") return new DownloadProblem(`there is no host ${host}`);
  if (code === "EAI_AGAIN") return new DownloadProblem(`the name ${host} cannot be resolved now`);
  if (code === "ECONNREFUSED") return new DownloadProblem(`${url.host} refuses the connection`);
  if (/CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME/.test(code)) {
    // Expired, or for another name: trusting another authority would not help.
    const unknown = /SELF_SIGNED|UNABLE_TO/.test(code);
    const hint = unknown ? "; if its authority is your company's, name its file in SLIPWAY_CA_BUNDLE" : "";
    return new DownloadProblem(`the certificate of ${host} is not accepted: ${message}${hint}`);
  }
  if (/EPROTO|SSL|TLS/.test(code)) return new DownloadProblem(`${url.host} does not speak TLS as it should`);
  return new DownloadProblem(`${url.host}: ${message || code}`);
}
