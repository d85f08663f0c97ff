import type { Schemas } from "./answers.js";

type FieldError = NonNullable<Schemas["validation-error"]["errors"]>[number];

/** An error answer in GitHub's form (docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api). */
export class ApiError extends Error {
  readonly #errors: readonly (FieldError | string)[] | undefined;

  constructor(
    readonly status: number,
    message: string,
    { errors, headers = {} }: { errors?: readonly (FieldError | string)[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.#errors = errors;
    this.headers = headers;
  }

  readonly headers: Readonly<Record<string, string>>;

  get body() {
    const { message } = this;
    const errors = this.#errors && { errors: this.#errors };
    return { message, ...errors, documentation_url: "https://docs.github.com/rest", status: String(this.status) };
  }
}

export function notFound(): ApiError {
  return new ApiError(404, "Not Found");
}

/** `code` is `missing_field`, `invalid`, `already_exists` or `custom`, which has a message. */
export function invalid(resource: string, field: string, code: string, message?: string): ApiError {
  return new ApiError(422, "Validation Failed", { errors: [{ resource, field, code, ...(message && { message }) }] });
}

/** The checks API has its own form, a sentence. */
export function invalidRequest(sentence: string): ApiError {
  return new ApiError(422, `Invalid request.\n\n${sentence}`);
}
