import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { DownloadProblem } from "./download-address.js";
import { openUrl, type RequestDeps } from "./download-request.js";

export interface ReceiveOptions extends RequestDeps {
  /** Bytes. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Downloads an address to a file and returns its sha256. Raises DownloadProblem; then the file may be incomplete. */
export async function receive(url: URL, path: string, options: ReceiveOptions): Promise<string> {
  const { signal } = options;
  const answer = await openUrl(url, options, signal);
  const stop = () => answer.destroy();
  signal.addEventListener("abort", stop, { once: true });
  const file = await open(path, "w");
  try {
    signal.throwIfAborted();
    return await write(answer, file, options);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    answer.destroy();
    await file.close();
  }
}

async function write(answer: IncomingMessage, file: FileHandle, { limit, timeout }: ReceiveOptions): Promise<string> {
  const expected = Number(answer.headers["content-length"] ?? Number.NaN);
  const late = new DownloadProblem(`no further data within ${timeout / 1000} s`);
  const timer = setTimeout(() => answer.destroy(late), timeout);
  const hash = createHash("sha256");
  let size = 0;
  const check = (bytes: number) => {
    if (bytes > limit) throw new DownloadProblem(`it has more than ${limit} bytes`);
  };
  try {
    check(expected);
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      timer.refresh();
      size += chunk.length;
      check(size);
      hash.update(chunk);
      // Not synced: a file of the cache is checked before each use.
      await file.write(chunk);
    }
  } catch (error) {
    if (!isCutOff(error)) throw error;
    const of = Number.isNaN(expected) ? "" : ` of ${expected}`;
    throw new DownloadProblem(`the connection ended after ${size}${of} bytes`);
  } finally {
    clearTimeout(timer);
  }
  return hash.digest("hex");
}

/** Whether an error is one of the connection, not of the disk. */
const isCutOff = (error: unknown) =>
  ["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ETIMEDOUT"].includes((error as NodeJS.ErrnoException).code ?? "");
