import { createServer, STATUS_CODES } from "node:http";
import { Problem } from "./problem.mjs";

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string | Buffer} body
 * @property {string} [type] default: application/json
 * @property {Readonly<Record<string, string>>} [headers] further ones
 *
 * @typedef {object} Service
 * @property {number} port the one that was chosen, where 0 was asked for
 * @property {() => Promise<void>} drain takes no more requests and ends when all that came have been answered
 *
 * @typedef {(request: import("node:http").IncomingMessage, path: string, signal: AbortSignal) => Promise<Answer>} Handler
 *   The signal says that nobody waits for the answer any more. A thrown Problem is an answer, too.
 */

/** Longer than clients and proxies keep connections, so that they do not use one that is just being closed. */
const KEEP_ALIVE = 75_000; // ms

/**
 * @param {Handler} handler
 * @param {{host: string, port: number}} address
 * @returns {Promise<Service>}
 */
export async function serve(handler, { host, port }) {
  let open = 0;
  let draining = false;
  let drained = () => {};

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, async (request, response) => {
    open += 1;
    const gone = new AbortController();
    response.once("close", () => {
      open -= 1;
      gone.abort();
      if (draining && open === 0) drained();
    });
    const { status, body, type, headers } = await answerOf(handler, request, gone.signal);
    response.writeHead(status, {
      ...headers,
      ...(draining ? { connection: "close" } : {}),
      "content-type": type ?? "application/json",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
  server.on("clientError", (error, socket) => refuse(error, /** @type {import("node:net").Socket} */ (socket)));
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(undefined));
  });

  const drain = async () => {
    await new Promise((resolve) => {
      drained = () => resolve(undefined);
      draining = true;
      server.close();
      server.closeIdleConnections();
      if (open === 0) drained();
    });
    server.closeAllConnections();
  };
  const chosen = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { port: chosen.port, drain };
}

/**
 * @param {Handler} handler
 * @param {import("node:http").IncomingMessage} request
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
async function answerOf(handler, request, signal) {
  try {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    return await handler(request, path, signal);
  } catch (error) {
    if (error instanceof Problem) return { ...errorAnswer(error.status, error.message), headers: error.headers };
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return errorAnswer(500, `Internal error: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * @param {number} status
 * @param {string} message
 * @returns {Answer}
 */
export const errorAnswer = (status, message) => ({ status, body: JSON.stringify({ error: message }) });

/**
 * What is no HTTP gets an answer all the same.
 *
 * @param {Error & {code?: string}} error
 * @param {import("node:net").Socket} socket
 */
function refuse(error, socket) {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const { body } = errorAnswer(status, `This is no HTTP request: ${error.message}`);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\nconnection: close\r\n`;
  socket.end(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/**
 * The first SIGTERM or SIGINT drains, the second one calls `hurry`. Then the process ends.
 *
 * @param {Service} service
 * @param {() => void} hurry ends what is still going on
 */
export function drainOnSignals(service, hurry) {
  let asked = false;
  const stop = async () => {
    if (asked) return hurry();
    asked = true;
    await service.drain();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** A stray error, of a reader of the logs that went away or of code that nobody waits for, ends no server. */
export function surviveStrayErrors() {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const say = (/** @type {unknown} */ error) =>
    void process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.on("uncaughtException", say);
  process.on("unhandledRejection", say);
}
