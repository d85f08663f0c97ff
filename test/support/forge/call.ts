import { type ApiError, invalid, invalidRequest, notFound } from "./api-error.js";
import type { PullRequest, Repository, State, Token } from "./state.js";

/** One request to the REST interface, as a route sees it. */
export class Call {
  constructor(
    readonly state: State,
    private readonly given: {
      readonly token: Token | null;
      readonly params: Readonly<Record<string, string>>;
      readonly query: URLSearchParams;
      readonly body: Readonly<Record<string, unknown>>;
      readonly repository: Repository | null;
    },
  ) {}

  get token(): Token | null {
    return this.given.token;
  }

  get query(): URLSearchParams {
    return this.given.query;
  }

  /** The account of the token. Routes that write are never reached without one. */
  get author() {
    if (this.token === null) throw notFound();
    return this.token.account;
  }

  get repository(): Repository {
    if (this.given.repository === null) throw notFound();
    return this.given.repository;
  }

  param(name: string): string {
    return this.given.params[name] ?? "";
  }

  /** The pull request of `{pull_number}` or `{issue_number}`; the forge has no other issues. */
  get pull(): PullRequest {
    const number = Number(this.given.params.pull_number ?? this.given.params.issue_number);
    const pull = this.repository.pulls.get(number);
    if (pull === undefined) throw notFound();
    return pull;
  }

  /** The body's value of a name, of any type. */
  field(name: string): unknown {
    return this.given.body[name];
  }

  /** The same request, with an object inside the body as its body. */
  nested(value: unknown): Call {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isObject) throw invalidRequest(`${JSON.stringify(value)} is not an object.`);
    return new Call(this.state, { ...this.given, body: { ...value } });
  }

  /** Text in the body; undefined if missing or null. `limit` counts characters. */
  text(name: string, { resource, limit }: TextRule): string | undefined {
    const value = this.field(name);
    if (value === undefined || value === null) return undefined;
    const checks = resource === "CheckRun";
    if (typeof value !== "string") {
      throw checks
        ? invalidRequest(`For 'properties/${name}', ${JSON.stringify(value)} is not a string.`)
        : invalid(resource, name, "invalid");
    }
    if (limit !== undefined && value.length > limit) throw tooLong(resource, name, limit, value.length);
    return value;
  }

  /** Required text that must not be empty. */
  required(name: string, rule: TextRule): string {
    const value = this.text(name, rule);
    if (value !== undefined && value !== "") return value;
    if (rule.resource === "CheckRun") throw invalidRequest(`"${name}" wasn't supplied.`);
    throw invalid(rule.resource, name, "missing_field");
  }

  /** One of the allowed words; undefined if missing. */
  choice<T extends string>(name: string, words: readonly T[], resource: string): T | undefined {
    const value = this.text(name, { resource });
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    if (resource === "CheckRun")
      throw invalidRequest(`${JSON.stringify(value)} is not a member of ${JSON.stringify(words)}.`);
    throw invalid(resource, name, "invalid");
  }
}

export interface TextRule {
  /** The name that GitHub uses in its errors. */
  readonly resource: string;
  /** Characters, as JavaScript counts them. */
  readonly limit?: number;
}

function tooLong(resource: string, name: string, limit: number, length: number): ApiError {
  if (resource === "CheckRun") return invalidRequest(`Only ${limit} characters are allowed; ${length} were supplied.`);
  return invalid(resource, name, "custom", `${name} is too long (maximum is ${limit} characters)`);
}
