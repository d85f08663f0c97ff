import { HttpError, type HttpExchange, type HttpRequest, type HttpResponse } from "./http-exchange.js";
import { firstError } from "./refusal.js";

/** Waits for some milliseconds; rejects with the signal's reason when it is aborted. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

const ATTEMPTS = 4;
/** Milliseconds before the second attempt; doubled for each further one. */
const FIRST_DELAY = 500;
/** Milliseconds. A registry that asks for more than this is unavailable for our purposes. */
const LONGEST_DELAY = 60_000;

/** Failures that may be over in a moment. A wrong name or a refused certificate is not one of them. */
const PASSING = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** Errors of the distribution specification that another writer can cause. */
const IN_MOTION = new Set<unknown>(["DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN"]);

/**
 * Repeats a request after connection failures, 429, 5xx and errors that another writer may have caused, waiting twice as long each
 * time or as long as Retry-After says (RFC 9110, 10.2.3). Every request of the registry protocol that is sent here may be repeated.
 */
export function retrying(exchange: HttpExchange, sleep: Sleep, now: () => number): HttpExchange {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      let wait = FIRST_DELAY * 2 ** (attempt - 1);
      try {
        const response = await exchange(request);
        if (!isPassing(response, request) || attempt === ATTEMPTS) return response;
        wait = retryAfter(response, now()) ?? wait;
        if (wait > LONGEST_DELAY) return response;
      } catch (error) {
        if (!(error instanceof HttpError && PASSING.has(error.code)) || attempt === ATTEMPTS) throw error;
      }
      await sleep(wait, request.signal);
    }
  };
}

/** 501 is an answer about the request, not about the moment. */
function isPassing(response: HttpResponse, { method, url }: HttpRequest): boolean {
  const { status } = response;
  if (status === 429 || (status >= 500 && status !== 501)) return true;
  // On a file system, Distribution does not replace the files behind tags and blobs but writes them in place: a reader finds no digest,
  // or no blob, at that moment. A blob that was sent wrongly gets these answers, too, and is sent again.
  const isBlob = method === "PUT" && !url.pathname.includes("/manifests/");
  return (status === 400 || status === 404) && !isBlob && IN_MOTION.has(firstError(response)?.code);
}

/** Milliseconds; undefined where the header is missing or not readable. */
function retryAfter({ headers }: HttpResponse, now: number): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
