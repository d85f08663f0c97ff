import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { replaceFile } from "./replace-file.js";

const HEAD = /^\{"format":("[^"\\]*"),"sha256":"([0-9a-f]{64})","value":/;

/**
 * Reads what `writeCache` has kept; undefined: it is missing, cut, damaged, of another format or of somebody else, so that it is made
 * anew. `format` names the kind of content and is changed with every change to what that says.
 */
export async function readCache<T>(path: string, format: string): Promise<T | undefined> {
  return parse<T>(await readFile(path, "utf8").catch(() => ""), format);
}

/** The same at once, for callers that cannot wait. */
export function readCacheSync<T>(path: string, format: string): T | undefined {
  try {
    return parse<T>(readFileSync(path, "utf8"), format);
  } catch {
    return undefined;
  }
}

function parse<T>(text: string, format: string): T | undefined {
  const [head, found, sha256] = HEAD.exec(text) ?? [];
  if (head === undefined || found !== JSON.stringify(format)) return undefined;
  const value = text.slice(head.length, -1);
  return sha256Of(value) === sha256 ? (JSON.parse(value) as T) : undefined;
}

/** Keeps a value that JSON can express, with a checksum. Where it cannot be written, that only costs time. */
export async function writeCache(path: string, format: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  const head = `{"format":${JSON.stringify(format)},"sha256":"${sha256Of(text)}","value":`;
  await replaceFile(path, `${head}${text}}`).catch(() => {});
}

const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");
