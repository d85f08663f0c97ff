import { Problem } from "./problem.mjs";

/** How many times the limit is read and thrown away so that a client still hears that its body is too large. */
const PATIENCE = 4;

/**
 * The whole body. Too much of it is thrown away while it comes: a client that is still writing would not read the answer.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {number} limit bytes
 * @returns {Promise<Buffer>} rejected with a Problem
 */
export function readBody(request, limit) {
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    let chunks = [];
    let size = 0;
    const tooLarge = () => reject(new Problem(413, `The body is larger than ${limit} bytes.`, { connection: "close" }));
    request.on("data", (/** @type {Buffer} */ chunk) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks = [];
      if (size > limit * PATIENCE) tooLarge();
    });
    request.on("end", () => (size > limit ? tooLarge() : resolve(Buffer.concat(chunks, size))));
    const gone = () => reject(new Problem(400, "The body ended too early."));
    request.on("error", gone);
    request.on("close", gone);
  });
}

/**
 * @param {Buffer} body
 * @returns {{text: string, value: unknown}} throws a Problem
 */
export function parseJson(body) {
  if (body.length === 0) throw new Problem(400, "The body is empty; it must be JSON.");
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Problem(400, "The body is not UTF-8.");
  }
  try {
    return { text, value: JSON.parse(text) };
  } catch (error) {
    throw new Problem(400, `The body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export const isDictionary = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
