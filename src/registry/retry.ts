import { HttpError, type HttpExchange, type HttpRequest, type HttpResponse, WRONG_ANSWER } from "./http-exchange.js";
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
  // The answer broke off.
  "ERR_STREAM_PREMATURE_CLOSE",
  "HPE_INVALID_EOF_STATE",
  WRONG_ANSWER,
]);

/** Errors of the distribution specification that another writer can cause. */
const IN_MOTION = new Set<unknown>(["DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN"]);

/**
 * Repeats a request after connection failures, 429, 5xx, wrong answers and errors that another writer may have caused, waiting twice as long each
 * time or as long as Retry-After says (RFC 9110, 10.2.3). Every request of the registry protocol that is sent here may be repeated.
 */
export function retrying(exchange: HttpExchange, sleep: Sleep, now: () => number): HttpExchange {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      let wait = FIRST_DELAY * 2 ** (attempt - 1);
      try {
        const response = await unlessPage(exchange, request);
        const isWrong = (await request.isWrong?.(response)) === true;
        if (!(isWrong || isPassing(response, request)) || attempt === ATTEMPTS) return response;
        wait = retryAfter(response, now()) ?? wait;
        if (wait > LONGEST_DELAY) return response;
      } catch (error) {
        if (!(error instanceof HttpError && PASSING.has(error.code)) || attempt === ATTEMPTS) throw error;
      }
      await sleep(wait, request.signal);
    }
  };
}

/** Raises HttpError for a web page. */
async function unlessPage(exchange: HttpExchange, request: HttpRequest): Promise<HttpResponse> {
  const answer = await exchange(request);
  if (answer.status < 200 || answer.status > 299 || !isPage(answer)) return answer;
  const what = `${request.method} ${request.url.pathname}`;
  throw new HttpError(`a web page answers ${what}${received(answer)}`, WRONG_ANSWER);
}

const isPage = ({ headers }: HttpResponse) => headers["content-type"]?.startsWith("text/html") ?? false;

/** The beginning of an answer, printable and short. */
function received({ headers, body }: HttpResponse): string {
  const type = headers["content-type"] ?? "no type";
  const start = body
    .subarray(0, 60)
    .toString("latin1")
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim();
  return ` (${type.replace(/[^\x20-\x7e]+/g, " ").slice(0, 60)}${start === "" ? "" : `: ${start}`})`;
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
