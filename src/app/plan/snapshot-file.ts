import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { ignoreState } from "../../run/state-directory.js";
import { replaceFile } from "../../system/replace-file.js";
import { TextTable } from "../../system/text-table.js";
import type { Columns, Snapshot, SnapshotHead } from "./snapshot.js";

/** Raised with every change to what a snapshot holds. */
const FORMAT = "snapshot 1";

const MAGIC = "slipway\n";
/** Bytes of MAGIC and the checksum of all that follows. */
const START = 12;
/** Bytes of the head's length, with which the sections' places are a multiple of 8. */
const LENGTH = 4;

const fileIn = (state: string) => join(state, "cache", "plan-snapshot");

/** The snapshot that was saved last; undefined: it is missing, cut, damaged or of another Slipway, so that it is made anew. */
export async function readSnapshot(state: string): Promise<Snapshot | undefined> {
  const bytes = await readFile(fileIn(state)).catch(() => Buffer.alloc(0));
  return decodeSnapshot(bytes);
}

/** Saves a snapshot. Where it cannot be written (a read-only checkout), that only costs time. */
export async function writeSnapshot(state: string, snapshot: Snapshot): Promise<void> {
  try {
    await ignoreState(state);
    await replaceFile(fileIn(state), encodeSnapshot(snapshot));
  } catch {
    // Only a cache.
  }
}

/** Keys are made by this program's templates and rules, so another build of it makes others. A bundle's file has the hash of all of it in its name. */
function toolIdentity(): string {
  const file = fileURLToPath(import.meta.url);
  const name = basename(file);
  return /-[A-Z0-9]{8}\.js$/.test(name) ? name : `${name} ${statSync(file).mtimeMs}`;
}

interface FileHead extends SnapshotHead {
  readonly format: string;
  readonly tool: string;
  /** Bytes of each section. */
  readonly sections: readonly number[];
}

/** The sections, in their order. */
function sectionsOf({ columns, ...tables }: Snapshot): readonly Uint8Array[] {
  const { names, files, roots, rootUsers, packages, packageUsers } = tables;
  const texts = [names, files, roots, packages].flatMap(({ parts }) => [parts.bytes, parts.starts]);
  const lists = [rootUsers, packageUsers, columns.parents].flatMap(({ starts, images }) => [starts, images]);
  const { version, platform, tags, after, level, file, place, derives, key, tests, inherited, state } = columns;
  const all = [
    ...texts,
    ...lists,
    version,
    platform,
    tags,
    after,
    level,
    file,
    place,
    derives,
    key,
    tests,
    inherited,
    state,
  ];
  return all.map((each) => new Uint8Array(each.buffer, each.byteOffset, each.byteLength));
}

/** The bytes of its file. */
export function encodeSnapshot(snapshot: Snapshot): Buffer {
  const sections = sectionsOf(snapshot);
  const head: FileHead = {
    ...snapshot.head,
    ...{ format: FORMAT, tool: toolIdentity(), sections: sections.map(({ length }) => length) },
  };
  const text = Buffer.from(JSON.stringify(head));
  const padded = Buffer.alloc(aligned(text.length));
  text.copy(padded);
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(text.length);
  const rest = Buffer.concat([
    length,
    padded,
    ...sections.flatMap((each) => [each, Buffer.alloc(aligned(each.length) - each.length)]),
  ]);
  const start = Buffer.alloc(START);
  start.write(MAGIC, "latin1");
  start.writeUInt32LE(crc32(rest), MAGIC.length);
  return Buffer.concat([start, rest]);
}

/** Numbers of four bytes can be read where they stand. */
const aligned = (length: number) => Math.ceil(length / 8) * 8;

/** The snapshot that the bytes of a file are; undefined as for `readSnapshot`. In a registry, they may be anything. */
export function decodeSnapshot(file: Buffer): Snapshot | undefined {
  try {
    return decode(file);
  } catch {
    return undefined;
  }
}

function decode(file: Buffer): Snapshot | undefined {
  if (file.length < START + LENGTH || file.toString("latin1", 0, 8) !== MAGIC) return undefined;
  if (crc32(file.subarray(START)) !== file.readUInt32LE(MAGIC.length)) return undefined;
  const length = file.readUInt32LE(START);
  const rest = file.subarray(START + LENGTH);
  const { format, tool, sections, ...head } = JSON.parse(rest.toString("utf8", 0, length)) as FileHead;
  if (format !== FORMAT || tool !== toolIdentity()) return undefined;
  // What was read into a part of a larger buffer may begin anywhere.
  const bytes = rest.byteOffset % 8 === 0 ? rest : Buffer.from(new Uint8Array(rest).buffer);
  let at = aligned(length);
  const next = sections.map((size) => {
    const section = bytes.subarray(at, at + size);
    at += aligned(size);
    return section;
  });
  return at === bytes.length ? { head, ...fromSections(next) } : undefined;
}

function fromSections(sections: Buffer[]): Omit<Snapshot, "head"> {
  const bytes = () => sections.shift() as Buffer;
  const numbers = () => {
    const section = bytes();
    return new Uint32Array(section.buffer, section.byteOffset, section.length / 4);
  };
  const table = () => new TextTable(bytes(), numbers());
  const lists = () => ({ starts: numbers(), images: numbers() });
  const tables = { names: table(), files: table(), roots: table(), packages: table() };
  const users = { rootUsers: lists(), packageUsers: lists() };
  const parents = lists();
  const columns: Columns = {
    ...{ parents, version: numbers(), platform: numbers(), tags: numbers(), after: numbers() },
    ...{ level: numbers(), file: numbers(), place: numbers() },
    ...{ derives: bytes(), key: bytes(), tests: bytes(), inherited: bytes(), state: bytes() },
  };
  return { columns, ...tables, ...users };
}
