import { createHash } from "node:crypto";
import type { BlobSink } from "./cat-file.js";

/** As much of a program as the kernel looks at to find out what it is (binfmts.h, BINPRM_BUF_SIZE). */
const HEAD_BYTES = 256;

/** Hashes a content that comes in pieces. At its end `done` is given 64 hex digits of SHA-256, and the first bytes. */
export function hashSink(done: (sha256: string, head: Buffer) => void): BlobSink {
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  return {
    write(chunk) {
      hash.update(chunk);
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)]);
    },
    end: () => done(hash.digest("hex"), head),
  };
}
