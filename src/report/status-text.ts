import type { ImageStatus, Status } from "../model/image-status.js";
import { failureLines } from "./failure-lines.js";
import { type Palette, PLAIN } from "./palette.js";
import { printable } from "./printable.js";
import { cutTable, size, table } from "./text.js";

export interface StatusView {
  /** What the user asked for, for the sentence where no image matches; omitted: all. */
  readonly names?: readonly string[];
  /** Statuses. */
  readonly only?: readonly string[] | undefined;
  /** true: other filters were given as well. */
  readonly isFiltered?: boolean;
  /** true: with references, what images are built on, languages, owners and dates. */
  readonly wide?: boolean | undefined;
  /** Of the terminal; undefined: lines are never cut. */
  readonly columns?: number | undefined;
  readonly palette?: Palette;
}

/** One line an image; a single sentence where no image matches. */
export function statusText(images: readonly ImageStatus[], view: StatusView = {}): string {
  const { names = [], only = [], isFiltered = false, wide = false, columns, palette = PLAIN } = view;
  if (images.length > 0) {
    const rows = wide
      ? [WIDE, ...images.map((image) => wideRow(image, palette))]
      : images.map((image) => row(image, palette));
    return `${cutTable(rows, columns)}\n`;
  }
  const which = names.length > 0 ? "None of the named images" : "No image";
  if (only.length === 0) return `${which} matches.\n`;
  return `${which}${isFiltered ? " matches and" : ""} is ${only.join(" or ")}.\n`;
}

/** How each status looks: what is fine, what a build would change, what is broken. */
const STYLES: Readonly<Record<Status, Exclude<keyof Palette, "link">>> = {
  READY: "success",
  BUILDING: "strong",
  STALE: "warning",
  MISSING: "warning",
  DEPRECATED: "warning",
  ERROR: "failure",
};

const row = ({ image, version, status, reason }: ImageStatus, palette: Palette) => [
  palette[STYLES[status]](status),
  `${palette.image(image)} ${version}`,
  printable(reason),
];

const WIDE = ["STATUS", "IMAGE", "PULL", "BASE", "LANGUAGE", "SYSTEM", "OWNERS", "PUBLISHED", "REASON"];

const wideRow = (image: ImageStatus, palette: Palette) => [
  palette[STYLES[image.status]](image.status),
  `${palette.image(image.image)} ${image.version}`,
  image.reference,
  image.base,
  image.language ?? "-",
  image.os ?? "-",
  image.owners.join(" ") || "-",
  image.published === null ? "-" : time(image.published.created),
  printable(image.reason),
];

/** Everything about one image. */
export function imageStatusText(image: ImageStatus, palette: Palette = PLAIN): string {
  const { published, failure } = image;
  const rows: readonly (readonly [string, string | null])[] = [
    ["why", image.reason],
    ["is", image.description],
    ["pull", published === null ? null : image.reference],
    ...(published === null
      ? ([["published", `nothing under ${image.version}`]] as const)
      : ([
          ["tags", published.tags.join(", ")],
          ["digest", published.digest],
          ["image ID", published.imageId],
          ["published", time(published.created)],
          ["size", size(published.bytes)],
        ] as const)),
    ["base", image.base],
    ["language", image.language],
    ["system", image.os],
    ["owners", image.owners.join(", ")],
    ["author", image.author],
    ["role", image.role],
    ...Object.entries(image.labels).map(([name, value]) => ["label", `${name}=${value}`] as const),
    ...Object.entries(image.metadata).map(([name, value]) => ["metadata", `${name}=${value}`] as const),
  ];
  const given = rows.flatMap(([name, value]) => (value ? [[name, printable(value)]] : []));
  const lines = [
    `${palette.image(image.image)} ${image.version}: ${palette[STYLES[image.status]](image.status)}`,
    table(given),
    ...(failure === null ? [] : failureLines(failure, palette)),
  ];
  return `${lines.join("\n")}\n`;
}

/** To the minute, in UTC. */
const time = (iso: string | null) => (iso === null ? "date unknown" : `${iso.slice(0, 16).replace("T", " ")} UTC`);
