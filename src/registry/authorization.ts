import { RegistryError } from "../model/registry.js";
import type { Credentials } from "./auth-file.js";
import { type Challenge, parseChallenges } from "./challenge.js";
import type { HttpExchange, HttpRequest, HttpResponse } from "./http-exchange.js";
import { isRecord } from "./manifest.js";

export interface AuthorizationOptions {
  /** Looked up when the registry demands them, by `namespace/name` of the repository. */
  readonly credentials: (repository: string) => Promise<Credentials | undefined>;
  /** false: the token server may be one without TLS. */
  readonly tlsVerify: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** As in the scope of a token (distribution specification, token authentication). */
export type Actions = "pull" | "pull,push" | "pull,push,delete";

export interface Access {
  /** `namespace/name`. */
  readonly repository: string;
  readonly actions: Actions;
}

interface Token {
  readonly header: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Seconds: the specification's default where the token server says nothing. */
const DEFAULT_LIFETIME = 60;
/** Milliseconds before its end from which on a token is not used any more. */
const MARGIN = 10_000;

/**
 * Adds the authorization that a registry demands: Basic, or Bearer with a token from the server that it names (distribution
 * specification, token authentication). After the first answer requests are authorized at once.
 */
export class Authorization {
  readonly #exchange: HttpExchange;
  readonly #options: AuthorizationOptions;
  #challenge: Challenge | undefined;
  /** By repository and actions. Promises, so that concurrent requests share one token. */
  readonly #tokens = new Map<string, Promise<Token | undefined>>();

  constructor(exchange: HttpExchange, options: AuthorizationOptions) {
    this.#exchange = exchange;
    this.#options = options;
  }

  /** The answer may still be a 401: the caller knows how to say what is missing. RegistryError: there is no token. */
  async send(request: HttpRequest, access: Access): Promise<HttpResponse> {
    const earlier = this.#challenge && (await this.#header(this.#challenge, access));
    const first = await this.#exchange(authorized(request, earlier));
    if (first.status !== 401) return first;
    const challenge = choose(parseChallenges(first.headers["www-authenticate"] ?? ""));
    if (challenge === undefined) return first;
    this.#challenge = challenge;
    this.#tokens.delete(keyOf(access));
    const header = await this.#header(challenge, access);
    if (header === undefined || (header === earlier && challenge.scheme === "basic")) return first;
    const second = await this.#exchange(authorized(request, header));
    return saysExpired(second) ? this.#again(request, access, challenge) : second;
  }

  /** A new token that counts as expired (RFC 6750, 3.1, `invalid_token`): clocks differ, or servers do not know of one another's yet. */
  async #again(request: HttpRequest, access: Access, challenge: Challenge): Promise<HttpResponse> {
    this.#tokens.delete(keyOf(access));
    return this.#exchange(authorized(request, await this.#header(challenge, access)));
  }

  async #header(challenge: Challenge, access: Access): Promise<string | undefined> {
    const key = keyOf(access);
    const stored = this.#tokens.get(key);
    const token = await stored;
    if (token !== undefined && token.expires > this.#options.now()) return token.header;
    // Another request may have fetched a new one during the wait.
    let fresh = this.#tokens.get(key);
    if (fresh === undefined || fresh === stored) {
      fresh = this.#authorize(challenge, access);
      this.#tokens.set(key, fresh);
      fresh.catch(() => this.#tokens.delete(key));
    }
    return (await fresh)?.header;
  }

  async #authorize(challenge: Challenge, access: Access): Promise<Token | undefined> {
    const credentials = await this.#options.credentials(access.repository);
    if (challenge.scheme === "bearer") return this.#fetchToken(challenge, access, credentials);
    if (credentials?.type !== "password") return undefined;
    return { header: basic(credentials), expires: Number.POSITIVE_INFINITY };
  }

  async #fetchToken(challenge: Challenge, access: Access, credentials?: Credentials): Promise<Token> {
    const realm = challenge.parameters.get("realm") ?? "";
    if (!URL.canParse(realm)) throw new RegistryError("The registry names no token server.");
    const url = new URL(realm);
    if (this.#options.tlsVerify && url.protocol !== "https:") {
      throw new RegistryError(`The registry names a token server without TLS, ${url.origin}: nothing is sent there.`);
    }
    const service = challenge.parameters.get("service");
    const scope = `repository:${access.repository}:${access.actions}`;
    const parameters = { ...(service !== undefined && { service }), scope };
    const isWrong = (answer: HttpResponse) => answer.status === 200 && tokenIn(answer) === undefined;
    const answer = await this.#exchange({ ...tokenRequest(url, parameters, credentials), isWrong });
    if (answer.status !== 200) {
      throw new RegistryError(
        `The token server ${url.host} refuses ${access.actions} for ${access.repository} (${answer.status}). ` +
          "Log in with `buildah login`, or ask for the permission.",
      );
    }
    return readToken(answer, url.host, this.#options.now());
  }
}

const saysExpired = ({ status, headers }: HttpResponse) =>
  status === 401 &&
  choose(parseChallenges(headers["www-authenticate"] ?? ""))?.parameters.get("error") === "invalid_token";

/** Without credentials or with a password: GET. An identity token goes in a form, as OAuth 2 wants (RFC 6749, 6). */
function tokenRequest(realm: URL, parameters: Record<string, string>, credentials?: Credentials): HttpRequest {
  if (credentials?.type === "identity") {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: "slipway",
      refresh_token: credentials.token,
      ...parameters,
    });
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    return { method: "POST", url: realm, headers, body: Buffer.from(form.toString()) };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (credentials) url.searchParams.set("account", credentials.username);
  return authorized({ method: "GET", url, headers: { accept: "application/json" } }, credentials && basic(credentials));
}

function readToken(answer: HttpResponse, host: string, now: number): Token {
  const found = tokenIn(answer);
  if (found === undefined) throw new RegistryError(`The token server ${host} gave an answer without a token.`);
  return { header: `Bearer ${found.token}`, expires: now + found.seconds * 1000 - MARGIN };
}

function tokenIn(answer: HttpResponse): { readonly token: string; readonly seconds: number } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(answer.body.toString("utf8"));
  } catch {
    return undefined;
  }
  const token = isRecord(value) ? (value.token ?? value.access_token) : undefined;
  // Anything else could smuggle a line into the header.
  if (!isRecord(value) || typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  return { token, seconds: typeof value.expires_in === "number" ? value.expires_in : DEFAULT_LIFETIME };
}

function choose(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(({ scheme }) => scheme === "bearer") ?? challenges.find(({ scheme }) => scheme === "basic");
}

function basic(credentials: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
}

function authorized(request: HttpRequest, header: string | undefined): HttpRequest {
  return header === undefined ? request : { ...request, headers: { ...request.headers, authorization: header } };
}

function keyOf({ repository, actions }: Access): string {
  return `${repository} ${actions}`;
}
