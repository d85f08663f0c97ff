import { closeSync, fchmodSync, openSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { FileMode } from "../../model/catalogue.js";
import { makeDirectory } from "../../system/make-directory.js";
import type { BlobSink } from "./cat-file.js";
import type { FileCopy } from "./tree.js";

export function makeDirectories(requests: readonly FileCopy[]): void {
  for (const directory of new Set(requests.map((request) => dirname(request.to)))) makeDirectory(directory);
}

export function writeLink(path: string, target: Buffer): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/**
 * Writes a file piece by piece. Whatever was at the path is removed first: writing through a symbolic link would
 * leave the context.
 */
export function fileWriter(path: string, mode: FileMode): BlobSink {
  rmSync(path, { force: true });
  const fd = openSync(path, "wx");
  // The umask must not decide what ends up in an image.
  fchmodSync(fd, mode === "100755" ? 0o755 : 0o644);
  return {
    write: (chunk) => {
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    },
    end: () => closeSync(fd),
  };
}
