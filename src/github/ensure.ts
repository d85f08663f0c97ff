/** The forge cannot be reached, or refuses (exit code 4). `message` says what was not done. */
export class ForgeError extends Error {
  override readonly name = "ForgeError";
  constructor(
    message: string,
    /** HTTP status; 0: no answer. */
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface EnsureDeps {
  readonly signal: AbortSignal;
  /** Waits for some milliseconds; rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const ATTEMPTS = 5;
/** Milliseconds before the second attempt; doubled for each further one. */
const FIRST_DELAY = 1000;
/** Milliseconds. A forge that asks for a longer delay counts as unavailable. */
const LONGEST_DELAY = 15 * 60_000;

/**
 * Does one step on the forge and repeats it after failures that may be temporary: 5xx, lost connections, and rate limits (after
 * the delay that they state: GitHub's REST API, "Best practices", "Handle rate limit errors appropriately").
 * `action` must look first and change only what is missing: an answer can get lost after the change was made.
 * Throws ForgeError, which says `what` was not done, and the reason of the signal.
 */
export async function ensure<T>(what: string, action: () => Promise<T>, deps: EnsureDeps): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    deps.signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      deps.signal.throwIfAborted();
      const wait = delay(error, attempt, deps.now());
      if (wait === undefined || attempt === ATTEMPTS) throw failure(what, error);
      await deps.sleep(wait, deps.signal);
    }
  }
}

/** Milliseconds before the next attempt; undefined: another attempt is pointless. */
function delay(error: unknown, attempt: number, now: number): number | undefined {
  const { status, headers } = answerOf(error);
  const usual = FIRST_DELAY * 2 ** (attempt - 1);
  if (status === 429 || (status === 403 && isRateLimit(error))) {
    const wait = Math.max(usual, retryAfter(headers, now) ?? 60_000);
    return wait > LONGEST_DELAY ? undefined : wait;
  }
  // Octokit reports 500 if there was no answer at all. 501 is about the request, and no temporary failure.
  return status >= 500 && status !== 501 ? usual : undefined;
}

function isRateLimit(error: unknown): boolean {
  const { headers } = answerOf(error);
  if (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0") return true;
  return error instanceof Error && /rate limit/i.test(error.message);
}

/** Milliseconds, from Retry-After (seconds) or from the time at which the limit is renewed (seconds since 1970). */
function retryAfter(headers: Headers, now: number): number | undefined {
  const seconds = headers["retry-after"];
  if (seconds !== undefined && /^\d+$/.test(seconds)) return Number(seconds) * 1000;
  const reset = headers["x-ratelimit-reset"];
  if (headers["x-ratelimit-remaining"] !== "0" || reset === undefined) return undefined;
  return Math.max(0, Number(reset) * 1000 - now);
}

type Headers = Readonly<Record<string, string | undefined>>;

function answerOf(error: unknown): { status: number; headers: Headers } {
  const { status, response } = (error ?? {}) as { status?: unknown; response?: { headers?: Headers } };
  return { status: typeof status === "number" ? status : 0, headers: response?.headers ?? {} };
}

function failure(what: string, error: unknown): unknown {
  if (error instanceof ForgeError) return error;
  const { status } = answerOf(error);
  // An error without an answer from the forge is a bug of ours.
  if (status === 0) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ForgeError(`could not ${what}: ${reason}`, status, { cause: error });
}

/** Whether the token lacks a permission: 403, or 404 for what it may not see. A rate limit is not a refusal. */
export function isRefusedByForge(error: unknown): boolean {
  const { status } = answerOf(error);
  return (status === 403 && !isRateLimit(error)) || status === 404;
}

/** The status of the forge's answer; undefined: the error is not an answer. */
export function statusOf(error: unknown): number | undefined {
  return answerOf(error).status || undefined;
}
