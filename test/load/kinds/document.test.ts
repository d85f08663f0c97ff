import fc from "fast-check";
import { readDocument } from "../../../src/load/kinds/document.js";
import { codeFacts } from "../../../src/model/diagnostic-codes.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/kinds/document");

const WHOLE = `kind: Image
name: a
version: 1.10
parent: b
metadata: { role: x, extendable: true }
system-packages:
  - name: libpq-dev
    version: 9.6.4-1
  - curl
artifacts:
  - { path: files, dest: /opt, mode: 0755 }
env:
  - { name: A, value: "" }
labels:
  a.b: |-
    c
ports: [8080, { port: 1, expose: false }]
setup:
  - |
    echo 'x'
  - [a, "b"]
run: { cmd: x }
tests:
  - command: x
    stdout: { matches: "^a" }
  - file: /etc/x
`;
const SNIPPETS = [
  "*x",
  "&x ",
  "!!binary ",
  "<<: ",
  "\t",
  "\r",
  "\u0000",
  "\ufeff",
  "\u202e",
  "\ud800",
  "---\n",
  "...\n",
  "%YAML 1.2\n",
  "{",
  "}",
  "[",
  "]",
  ": ",
  "- ",
  "? ",
  "'",
  '"',
  "|",
  ">",
  "\\",
  "#",
  "\n",
  "    ",
  "__proto__: x\n",
  "constructor: x\n",
  "toString",
  "name: ",
  "-1",
  "9".repeat(400),
  "true",
  "null",
  "~",
  "😀",
];

/** Cuts, repeats and inserts at random places of a document. */
const mutation = fc.oneof(
  fc.record({ at: fc.nat(WHOLE.length), remove: fc.nat(30), insert: fc.constantFrom(...SNIPPETS) }),
  fc.record({ at: fc.nat(WHOLE.length), remove: fc.constant(0), insert: fc.string({ maxLength: 8 }) }),
);

function mutate(changes: readonly { at: number; remove: number; insert: string }[]): string {
  return changes.reduce((text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove), WHOLE);
}

function checkOutcome(content: Buffer): "read" | "refused" {
  const { result, diagnostics, source } = readDocument("image", "images/a/image.yaml", content);
  assert.ok(result !== undefined || diagnostics.length > 0, "neither a definition nor a diagnostic");
  // A file that is no text has none, and its place is in what it has instead.
  const lines = (source.text || content.toString("utf8")).split(/\r\n?|\n/);
  for (const { code, line, column, message, file, excerpt, excerptColumn } of diagnostics) {
    assert.ok(codeFacts(code).reading, `${code} is not one of reading`);
    assert.is(file, "images/a/image.yaml");
    assert.ok(
      Number.isInteger(line) && line >= 1 && line <= lines.length,
      `line ${line} of ${lines.length}: ${message}`,
    );
    // One behind the last character is where something is missing; a line's own end counts as one more.
    assert.ok(
      Number.isInteger(column) && column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 3,
      `column ${column}`,
    );
    assert.ok((excerpt?.length ?? 0) <= 162 && (excerptColumn ?? 1) >= 1);
  }
  return diagnostics.length > 0 ? "refused" : "read";
}

test("a definition with mistakes is a definition or a diagnostic with a place", () => {
  const outcomes = { read: 0, refused: 0 };
  const documents = fc.array(mutation, { minLength: 1, maxLength: 5 }).map(mutate);
  fc.assert(
    fc.property(documents, (text) => void outcomes[checkOutcome(Buffer.from(text))]++),
    { numRuns: 2000 },
  );
  assert.ok(outcomes.refused > 200 && outcomes.read > 20, JSON.stringify(outcomes));
});

test("so are any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void checkOutcome(Buffer.from(bytes))),
    { numRuns: 2000 },
  );
});

test("what is accepted holds nothing that a later stage would have to fear", () => {
  const documents = fc.array(mutation, { minLength: 1, maxLength: 3 }).map(mutate);
  fc.assert(
    fc.property(documents, (text) => {
      const { result: [image] = [] } = readDocument("image", "images/a/image.yaml", Buffer.from(text));
      if (image === undefined) return;
      assert.match(image.name, /^[a-z0-9][a-z0-9._-]*$/);
      assert.match(image.version, /^[A-Za-z0-9][\w.-]*$/);
      const words = image.systemPackages.flatMap(({ name, version }) => [name, version ?? ""]);
      for (const word of words) assert.not.match(word, /^-|[\s;$`|&<>]/);
      assert.not.match(
        JSON.stringify([image.artifacts, image.volumes, image.env, image.labels, image.setup, image.run]),
        /[\0\x7f-\x9f\u202a-\u202e]/,
      );
    }),
    { numRuns: 1000 },
  );
});

test.run();
