import { CommandError, EXIT } from "../../exit.js";
import type { ImageNode } from "../../model/graph.js";
import type { ImageStatus } from "../../model/image-status.js";
import type { ImageName } from "../../model/names.js";
import { nearest } from "../../model/nearest.js";
import { changeKind } from "../../policy/change-kind.js";
import { ownersOfChange } from "../../policy/owners.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";

/** What a definition says of its image, whatever any registry has. */
export type ImageFacts = Omit<ImageStatus, "status" | "reason" | "reference" | "published" | "failure">;

/** Which images are wanted. Between the values of one filter "or" holds, between filters "and"; left out: any. */
export interface FactFilter {
  readonly language?: readonly string[];
  readonly os?: readonly string[];
  /** Teams and people, with or without `@`; also the author and the role of `metadata`. */
  readonly owner?: readonly string[];
  /** `NAME` or `NAME=VALUE`. */
  readonly label?: readonly string[];
  /** `NAME` or `NAME=VALUE`. */
  readonly metadata?: readonly string[];
}

/** The facts of every image, in build order. */
export function imageFacts({ desired, catalogue }: LoadedCatalogue): ImageFacts[] {
  const labels = new Map<ImageName, Readonly<Record<string, string>>>();
  return [...desired.images.values()].map(({ node }) => {
    const { name, definition, parent, language, os } = node;
    const inherited = parent === undefined ? {} : labels.get(parent);
    labels.set(name, { ...inherited, ...ownLabels(node) });
    const { author, role, ...others } = definition.metadata;
    return {
      image: name,
      version: definition.version,
      description: definition.description ?? null,
      parent: parent ?? null,
      base: baseText(node),
      language: language ?? null,
      os: os ?? null,
      author: author ?? null,
      role: role ?? null,
      owners: ownersOf(node, catalogue.roles),
      labels: labels.get(name) ?? {},
      metadata: textsOf(others),
    };
  });
}

const textsOf = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

const ownLabels = ({ stages }: ImageNode) =>
  Object.fromEntries(
    (stages.at(-1)?.bodies ?? []).flatMap((body) => body.labels.map(({ name, value }) => [name, value])),
  );

function baseText({ definition: { origin } }: ImageNode): string {
  if (origin.type === "parent") return origin.parent;
  if (origin.type === "from") return origin.ref;
  const { bootstrap } = origin;
  return `${bootstrap.manager} ${bootstrap.manager === "apt" ? bootstrap.suite : bootstrap.releasever}`;
}

function ownersOf({ definition }: ImageNode, roles: LoadedCatalogue["catalogue"]["roles"]): readonly string[] {
  if (roles === undefined) return [];
  const { file } = definition.source;
  const { teams, users } = ownersOfChange(
    file,
    changeKind(file, () => definition.kind === "BaseImage"),
    roles,
  );
  return [...teams, ...users].map((name) => `@${name}`);
}

/**
 * Those that a filter wants. A language, operating system, owner, label or metadata that no image has is a usage error that names the
 * nearest one: an empty table would hide a mistyped word.
 */
export function matching(all: readonly ImageFacts[], filter: FactFilter): ImageFacts[] {
  let left = [...all];
  for (const { what, wanted, valuesOf } of TESTS) {
    const words = filter[wanted];
    if (words === undefined) continue;
    const known = new Set(all.flatMap((facts) => valuesOf(facts).map(plain)));
    for (const word of words) if (!known.has(plain(word))) throw unknown(what, word, known);
    const accepted = new Set(words.map(plain));
    left = left.filter((facts) => valuesOf(facts).some((value) => accepted.has(plain(value))));
  }
  return left;
}

interface FactTest {
  /** For people. */
  readonly what: string;
  readonly wanted: keyof FactFilter;
  readonly valuesOf: (facts: ImageFacts) => readonly string[];
}

const named = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => [name, `${name}=${value}`]);

const given = (...values: readonly (string | null)[]) => values.filter((value) => value !== null);

const TESTS: readonly FactTest[] = [
  { what: "language", wanted: "language", valuesOf: ({ language }) => given(language) },
  { what: "operating system", wanted: "os", valuesOf: ({ os }) => given(os) },
  { what: "owner", wanted: "owner", valuesOf: ({ owners, author, role }) => given(...owners, author, role) },
  { what: "label", wanted: "label", valuesOf: ({ labels }) => named(labels) },
  { what: "metadata", wanted: "metadata", valuesOf: ({ metadata }) => named(metadata) },
];

/** The forge ignores the letter case of names. */
const plain = (text: string) => text.replace(/^@/, "").toLowerCase();

function unknown(what: string, word: string, known: ReadonlySet<string>): CommandError {
  const near = nearest(plain(word), known);
  const list = [...known].sort();
  const all = list.length === 0 ? `no image has one` : `images have ${list.slice(0, MOST).join(", ")}`;
  const hint = near === undefined ? `${all}; images are named before the filters` : `did you mean ${near}?`;
  return new CommandError(EXIT.usage, `no image has the ${what} ${JSON.stringify(word)}`, hint);
}

/** Values that a hint names. */
const MOST = 12;
