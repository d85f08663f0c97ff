import { type FileHandle, open } from "node:fs/promises";

/** An entry of a tar archive (pax(1), ustar and extended headers, as Go writes them), and where it lies. */
export interface TarEntry {
  /** Without `/` at its end. */
  readonly name: string;
  /** The header's type flag: `0` is a file, `5` a directory. */
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Bytes from the start of the archive: its first header, extended ones included, and the first byte after it. */
  readonly start: number;
  readonly end: number;
}

const BLOCK = 512;
/** Bytes: more than any path needs, and little enough to be harmless. */
const EXTENDED_LIMIT = 1 << 20;

/** The entries of an uncompressed archive; their contents are not read. */
export async function readTarEntries(path: string): Promise<TarEntry[]> {
  const file = await open(path, "r");
  try {
    const entries: TarEntry[] = [];
    for (let at = 0; ; ) {
      const entry = await readEntry(file, at);
      if (entry === undefined) return entries;
      entries.push(entry);
      at = entry.end;
    }
  } finally {
    await file.close();
  }
}

/** undefined: the archive ends here. */
async function readEntry(file: FileHandle, start: number): Promise<TarEntry | undefined> {
  let extended: ReadonlyMap<string, string> = new Map();
  for (let at = start; ; ) {
    const header = Buffer.alloc(BLOCK);
    const { bytesRead } = await file.read(header, 0, BLOCK, at);
    if (bytesRead < BLOCK || header[0] === 0) return undefined;
    const type = text(header, 156, 1) || "0";
    const size = Number(extended.get("size") ?? number(header, 124, 12));
    const content = at + BLOCK;
    at = content + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "x") extended = records(await readText(file, content, size));
    else if (type === "L") extended = new Map([["path", (await readText(file, content, size)).replace(/\0.*/s, "")]]);
    else {
      const prefix = text(header, 257, 5) === "ustar" ? text(header, 345, 155) : "";
      const name = extended.get("path") ?? [prefix, text(header, 0, 100)].filter((part) => part !== "").join("/");
      const [mode, uid, gid] = [number(header, 100, 8), number(header, 108, 8), number(header, 116, 8)];
      return { name: name.replace(/\/$/, ""), type, mode, uid, gid, size, start, end: at };
    }
  }
}

async function readText(file: FileHandle, at: number, size: number): Promise<string> {
  if (size > EXTENDED_LIMIT) throw new Error(`an extended header of ${size} bytes`);
  const bytes = Buffer.alloc(size);
  await file.read(bytes, 0, size, at);
  return bytes.toString("utf8");
}

/** `LENGTH KEY=VALUE\n`, the length in bytes and counting itself. */
function records(header: string): Map<string, string> {
  const fields = new Map<string, string>();
  let rest = Buffer.from(header);
  for (let match = /^(\d+) ([^=]*)=/.exec(rest.toString("utf8")); match; ) {
    const length = Number(match[1]);
    const record = rest.subarray(0, length).toString("utf8");
    fields.set(match[2] as string, record.slice(match[0].length).replace(/\n$/, ""));
    rest = rest.subarray(length);
    match = length > 0 ? /^(\d+) ([^=]*)=/.exec(rest.toString("utf8")) : null;
  }
  return fields;
}

const text = (header: Buffer, at: number, length: number) =>
  header
    .subarray(at, at + length)
    .toString("utf8")
    .replace(/\0.*/s, "");

/** Octal digits, or base 256 where the first bit is set (GNU). */
function number(header: Buffer, at: number, length: number): number {
  const first = header[at] as number;
  if ((first & 0x80) === 0) return Number.parseInt(text(header, at, length).trim() || "0", 8);
  let value = first & 0x7f;
  for (const byte of header.subarray(at + 1, at + length)) value = value * 256 + byte;
  return value;
}
