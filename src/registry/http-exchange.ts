import type { IncomingHttpHeaders } from "node:http";

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | FileBody;
  /** A file for the body of an answer of status 200, which may be of any size; then the answer's own body is empty. */
  readonly into?: string;
  /** Bytes that an answer may have; left out: the limit of manifests. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** A body that is read from a file while it is sent, and again when the request is repeated. */
export interface FileBody {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request and its answer, of any status. Rejects where there is no answer. */
export type HttpExchange = (request: HttpRequest) => Promise<HttpResponse>;

/** The connection failed, or the answer broke off or grew too large. `code` as in Node's errors, where it has one. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    message: string,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
