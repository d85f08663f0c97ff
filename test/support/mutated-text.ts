import fc from "fast-check";
import { ATTACKS } from "./attacks.js";
import { RICH, RICH_IMAGE, RICH_MATRIX, RICH_MODULE } from "./rich-catalogue.js";
import type { Mutant } from "./try-mutants.js";

const others = Object.keys(RICH).filter((path) => path.endsWith(".yaml"));
const paths = fc.oneof(
  { weight: 6, arbitrary: fc.constant(RICH_IMAGE) },
  { weight: 2, arbitrary: fc.constantFrom(RICH_MATRIX, RICH_MODULE) },
  { weight: 2, arbitrary: fc.constantFrom(...others) },
);

const attacks = Object.values(ATTACKS).map((text) => JSON.stringify(text));
const raw = Object.values(ATTACKS).filter(({ length }) => length < 100);
/** The replacements of a value. */
const values = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...attacks) },
  { weight: 2, arbitrary: fc.constantFrom(...raw) },
  {
    weight: 3,
    arbitrary: fc.constantFrom("tool", "base", "/opt", "app", "1.0", "[tool, x]", "8081", "10s", "debian", "curl"),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      "~",
      "{}",
      "[]",
      "[x]",
      "{ a: b }",
      "true",
      "-1",
      "0",
      "1e9",
      "a",
      "b-1",
      "/",
      "/x",
      '""',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("[".repeat(80) + "]".repeat(80), "{a: ".repeat(70) + "}".repeat(70)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "${{ matrix.version }}",
      "'${{ matrix.x }}'",
      "'${{'",
      "'${{ }}'",
      "&a x",
      "*a",
      "!!binary x",
      "|",
      ">-",
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const lines = fc.constantFrom(
  "nonsense: 1",
  "onbuild: [x]",
  "__proto__: { x: 1 }",
  "constructor: x",
  "name: rich",
  "parent: tool",
  "from: scratch",
  "run: { user: root }",
  "modules: [tools]",
  "stages: [{ name: rich, from: scratch }]",
  "artifacts: [{ image: rich, path: /x, target: /x }]",
  "matrix: { x: [1, 2] }",
  "setup: ['x\\nUSER root']",
  "---",
  "\t",
  "# a comment",
  "\u00e9: \u202e",
);

interface Change {
  readonly kind: "delete" | "duplicate" | "swap" | "indent" | "value" | "piece" | "insert" | "bytes";
  readonly at: number;
  readonly to: number;
  readonly value: string;
  readonly line: string;
}

const changes: fc.Arbitrary<Change> = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("delete", "duplicate", "swap", "indent", "insert", "bytes") },
    { weight: 7, arbitrary: fc.constantFrom("value", "piece") },
  ),
  at: fc.nat(10_000),
  to: fc.nat(10_000),
  value: values,
  line: lines,
}) as fc.Arbitrary<Change>;

/** Mostly one, so that many mutants are accepted. */
const fewChanges = fc.oneof(
  { weight: 3, arbitrary: fc.array(changes, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(changes, { minLength: 2, maxLength: 4 }) },
);

/** A value in a line: after `: `, or an entry of a list. */
const PIECES = /(?<=[:[,-] +)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,[\]{}"'#][^,[\]{}\n]*?)(?=\s*(?:[,\]}]|$))/g;

function apply(text: string, { kind, at, to, value, line }: Change): string {
  const all = text.split("\n");
  const [one, other] = [at % all.length, to % all.length];
  const current = all[one] ?? "";
  switch (kind) {
    case "delete":
      return all.toSpliced(one, to % 4 === 0 ? 3 : 1).join("\n");
    case "duplicate":
      return all.toSpliced(other, 0, current).join("\n");
    case "swap":
      return all
        .with(one, all[other] ?? "")
        .with(other, current)
        .join("\n");
    case "indent":
      return all.with(one, to % 2 === 0 ? ` ${current}` : current.replace(/^ {1,2}/, "")).join("\n");
    case "insert":
      return all.toSpliced(one, 0, " ".repeat(to % 3 === 0 ? to % 8 : 0) + line).join("\n");
    case "value":
      return all
        .with(
          one,
          current.replace(/: .*$|^( *- ).*$/, (_, item?: string) => `${item ?? ": "}${value}`),
        )
        .join("\n");
    case "piece": {
      const pieces = [...text.matchAll(PIECES)];
      const piece = pieces[at % Math.max(1, pieces.length)];
      if (piece === undefined) return text;
      return text.slice(0, piece.index) + value + text.slice(piece.index + piece[0].length);
    }
    case "bytes":
      return text.slice(0, at % text.length) + value + text.slice((at % text.length) + (to % 5));
  }
}

/** The rich catalogue with one file whose text is changed. */
export const textMutants: fc.Arbitrary<Mutant> = fc
  .tuple(paths, fewChanges)
  .map(([path, list]) => ({ path, text: list.reduce(apply, RICH[path] ?? "") }));
