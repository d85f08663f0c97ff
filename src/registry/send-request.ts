import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type ClientRequest, type IncomingMessage, type Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, request } from "node:https";
import { pipeline } from "node:stream/promises";
import type { Digest } from "../model/names.js";
import { RegistryError } from "../model/registry.js";
import { HttpError, type HttpRequest, type HttpResponse } from "./http-exchange.js";

/** Bytes: the limit of distribution registries for a manifest; token answers are far smaller. */
const BODY_LIMIT = 4 * 1024 * 1024;

/**
 * Sends one request over a connection of the agent. `timeout`: milliseconds within which something must move. HttpError: there is no
 * answer. RegistryError: the file of a body cannot be read or written.
 */
export async function sendRequest(
  call: HttpRequest,
  agent: Agent | PlainAgent,
  timeout: number,
): Promise<HttpResponse> {
  try {
    return await attempt(call, agent, timeout);
  } catch (error) {
    call.signal?.throwIfAborted();
    if (error instanceof HttpError || error instanceof RegistryError) throw error;
    const { message, code = "" } = error as NodeJS.ErrnoException;
    // With several addresses for a name Node rejects with an AggregateError that has a code and no message.
    throw new HttpError(message || code, code, { cause: error });
  }
}

function attempt(call: HttpRequest, agent: Agent | PlainAgent, timeout: number): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body, signal } = call;
    const start = agent instanceof Agent ? request : plainRequest;
    const target = agent instanceof Agent ? url : Object.assign(new URL(url), { protocol: "http:" });
    const length = body === undefined ? {} : { "content-length": String("path" in body ? body.size : body.length) };
    const sent = start(target, { method, agent, headers: { ...headers, ...length }, ...(signal && { signal }) });
    const fail = (message: string) => sent.destroy(new HttpError(message, "ETIMEDOUT"));
    let timer: NodeJS.Timeout | undefined;
    const watch = (what: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(`no ${what} within ${timeout / 1000} s`), timeout);
    };
    // Counted from the socket on: a request that waits for a free connection is not late.
    sent.once("socket", () => watch("answer"));
    sent.once("close", () => clearTimeout(timer));
    sent.once("error", reject);
    sent.once("response", (answer) => {
      watch("further data");
      answer.on("data", () => watch("further data"));
      receive(answer, call).then((received) => {
        // An answer before the end of a long body: sending the rest would only keep the connection busy.
        if (!sent.writableEnded) sent.destroy();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, ...received });
      }, reject);
    });
    if (body === undefined || !("path" in body)) sent.end(body);
    else sendFile(body.path, sent, () => watch("answer"));
  });
}

/** The request itself reports errors of the connection; errors of the file end it. */
function sendFile(path: string, sent: ClientRequest, moved: () => void): void {
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  source.on("data", moved);
  source.once("error", (error) => sent.destroy(new RegistryError(`Could not read ${path}: ${error.message}`)));
  sent.once("close", () => source.destroy());
  source.pipe(sent);
}

async function receive(
  answer: IncomingMessage,
  { into, isHashed, limit = BODY_LIMIT }: HttpRequest,
): Promise<Pick<HttpResponse, "body" | "hashed">> {
  if (isHashed && answer.statusCode === 200) return { body: Buffer.alloc(0), hashed: await hashOf(answer) };
  if (into !== undefined && answer.statusCode === 200) {
    const file = createWriteStream(into);
    let wrong: Error | undefined;
    file.once("error", (error) => {
      wrong ??= answer.errored ? undefined : error;
    });
    await pipeline(answer, file).catch((error: unknown) => {
      throw wrong ? new RegistryError(`Could not write ${into}: ${wrong.message}`, { cause: error }) : error;
    });
    return { body: Buffer.alloc(0) };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > limit) throw new HttpError(`an answer of more than ${limit >> 20} MiB`, "TOO_LARGE");
    chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks) };
}

async function hashOf(answer: IncomingMessage) {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: `sha256:${hash.digest("hex")}` as Digest, size };
}
