/** Selects requests by method (default: any) and path without query, below the API's address, or the server's for Git. */
export interface Matcher {
  readonly method?: string;
  readonly path: RegExp;
}

/** The answer to a request in place of the real one. */
export interface Fault {
  /** "after": the operation is still performed, only its answer is lost. */
  readonly when: "before" | "after";
  /** null: the connection is dropped. */
  readonly answer: FaultAnswer | null;
}

export interface FaultAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type When = Fault["when"];
const DOCUMENTATION = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

/** A 500 as the API sends it, or as a proxy in front of a broken API does: an HTML page instead of JSON. */
export function serverError(status = 502, when: When = "before"): Fault {
  if (status === 500) return { when, answer: inJson(status, "Server Error") };
  const body = "<!DOCTYPE html><title>Unicorn! &middot; GitHub</title>";
  return { when, answer: { status, headers: { "content-type": "text/html; charset=utf-8" }, body } };
}

/** The connection ends without an answer. */
export function dropped(when: When = "before"): Fault {
  return { when, answer: null };
}

/** Too many requests in a short time: 403 or 429 with Retry-After in seconds. GitHub has not performed the request. */
export function secondaryRateLimit({
  status = 403,
  retryAfter = 60,
}: {
  status?: 403 | 429;
  retryAfter?: number;
} = {}): Fault {
  const message = `You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service)`;
  return { when: "before", answer: inJson(status, message, { "retry-after": String(retryAfter) }) };
}

/** All requests of the hour are used up until `reset`, in seconds since 1970. */
export function rateLimit({ status = 403, reset }: { status?: 403 | 429; reset: number }): Fault {
  const headers = { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": "0", "x-ratelimit-used": "1000" };
  const message = "API rate limit exceeded for installation ID 1.";
  return { when: "before", answer: inJson(status, message, { ...headers, "x-ratelimit-reset": String(reset) }) };
}

function inJson(status: number, message: string, headers: Readonly<Record<string, string>> = {}): FaultAnswer {
  const body = JSON.stringify({ message, documentation_url: DOCUMENTATION, status: String(status) });
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body };
}

/** Faults that wait for a matching request. */
export class Faults {
  readonly #waiting: { readonly matcher: Matcher; readonly faults: Fault[]; readonly always: boolean }[] = [];

  add(matcher: Matcher, faults: readonly Fault[], always = false): void {
    this.#waiting.push({ matcher, faults: [...faults], always });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** The fault for a request, the earliest first; each is used once. */
  take(method: string, path: string): Fault | undefined {
    const entry = this.#waiting.find(
      ({ matcher, faults }) => faults.length > 0 && (matcher.method ?? method) === method && matcher.path.test(path),
    );
    return entry?.always ? entry.faults[0] : entry?.faults.shift();
  }

  /** The number of unused faults. */
  get left(): number {
    return this.#waiting.filter(({ always }) => !always).reduce((sum, { faults }) => sum + faults.length, 0);
  }
}
