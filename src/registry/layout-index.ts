import { RegistryError } from "../model/registry.js";
import { type Descriptor, isDescriptor, isRecord } from "./manifest.js";

/** OCI image specification, annotations.md: the name of an entry in the index.json of a layout. */
const REF_NAME = "org.opencontainers.image.ref.name";

/** One entry of a layout's index.json, with every field that another tool may have added. */
export interface IndexEntry extends Descriptor {
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `base:1.0` in `oci:DIR:base:1.0`; undefined for an entry that only has a digest. */
export function refName(entry: IndexEntry): string | undefined {
  return entry.annotations?.[REF_NAME];
}

/** The entry of an image under a name: the same manifest always gives the same entry. */
export function indexEntry(manifest: Descriptor, name: string): IndexEntry {
  const { mediaType, digest, size } = manifest;
  return { mediaType, digest, size, annotations: { [REF_NAME]: name } };
}

/** Reads index.json (OCI image specification, image-layout.md). RegistryError names `file` where it is not one. */
export function parseIndex(text: string, file: string): readonly IndexEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(file, "it is not JSON");
  }
  if (!isRecord(value) || value.schemaVersion !== 2 || !Array.isArray(value.manifests)) {
    throw unreadable(file, "it is not an image index");
  }
  const wrong = value.manifests.findIndex((entry) => !isEntry(entry));
  if (wrong !== -1) throw unreadable(file, `entry ${wrong} of "manifests" is not a descriptor`);
  return value.manifests;
}

/**
 * Reads index.json, and what a damaged one still says where it has the form that `formatIndex` gives it: an entry a line. `lost`: the
 * number of lines that cannot be read. RegistryError where it is not an index at all.
 */
export function readIndex(
  text: string,
  file: string,
): { readonly entries: readonly IndexEntry[]; readonly lost: number } {
  try {
    return { entries: parseIndex(text, file), lost: 0 };
  } catch (error) {
    const lines = text.split("\n").filter((line) => line !== "");
    const entries = lines.flatMap((line) => parseLine(line) ?? []);
    // The first and the last line are no entries; an index of others is one line, and is left to whoever wrote it.
    const isOurs = lines[0] === FIRST_LINE || lines.at(-1) === LAST_LINE;
    if (entries.length === 0 || !isOurs) throw error;
    const frame = [FIRST_LINE, LAST_LINE].filter((line) => lines.includes(line)).length;
    return { entries, lost: Math.max(1, lines.length - frame - entries.length) };
  }
}

function parseLine(line: string): IndexEntry | undefined {
  try {
    const value: unknown = JSON.parse(line.replace(/,$/, ""));
    return isEntry(value) && refName(value) !== undefined ? value : undefined;
  } catch {
    return undefined;
  }
}

const FIRST_LINE = '{"schemaVersion":2,"manifests":[';
const LAST_LINE = "]}";

/** The same entries always give the same text, with one entry a line, so that two versions can be compared. */
export function formatIndex(entries: readonly IndexEntry[]): string {
  const lines = [...entries].sort(byNameThenDigest).map((entry) => JSON.stringify(entry));
  return `${FIRST_LINE}\n${lines.join(",\n")}\n${LAST_LINE}\n`;
}

function byNameThenDigest(a: IndexEntry, b: IndexEntry): number {
  return compare(refName(a) ?? "", refName(b) ?? "") || compare(a.digest, b.digest);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isEntry(value: unknown): value is IndexEntry {
  if (!isDescriptor(value)) return false;
  const { annotations } = value as { annotations?: unknown };
  return annotations === undefined || isRecord(annotations);
}

function unreadable(file: string, why: string): RegistryError {
  return new RegistryError(
    `${file} cannot be read: ${why}. Nothing was changed. Restore the file, or put it aside with \`slipway verify --registry --repair\` and build again.`,
  );
}
