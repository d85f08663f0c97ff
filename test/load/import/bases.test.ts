import { addBases } from "../../../src/load/import/bases.js";
import { Notes } from "../../../src/load/import/notes.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/import/bases");

const place = { file: "x", line: 1, column: 1 };
const base = (ref: string, digest?: string) => ({ ref, digest, os: undefined, place });

test("bases.yaml: entries are added, all else is kept", () => {
  const before = '# top\nkind: Bases # why\nbases:\n  # mine\n  - { ref: a:1, digest: "sha256:1" }\n# end\n';
  const notes = new Notes();
  const after = addBases(before, [base("b:1", "sha256:2"), base("b:1", "sha256:2"), base("a:1", "sha256:1")], notes);
  assert.is(after, before.replace("# end\n", "  - { ref: b:1, digest: sha256:2 }\n\n# end\n"));
  assert.equal(notes.sorted(), []);
});

test("bases.yaml: made where there is none, filled where it is empty, left alone where nothing is new", () => {
  const notes = new Notes();
  assert.is(
    addBases(undefined, [base("b:1", "sha256:2")], notes),
    "kind: Bases\nbases:\n  - { ref: b:1, digest: sha256:2 }\n",
  );
  assert.is(
    addBases("kind: Bases\nbases: []\n", [base("b:1", "sha256:2")], notes),
    "kind: Bases\nbases:\n  - { ref: b:1, digest: sha256:2 }\n",
  );
  assert.is(addBases("kind: Bases\nbases: []\n", [], notes), undefined);
  assert.is(
    addBases("kind: Bases\nbases:\n", [base("b:1", "sha256:2")], notes),
    "kind: Bases\nbases:\n  - { ref: b:1, digest: sha256:2 }\n",
  );
});

test("bases.yaml: another digest is not replaced, a missing one is asked for, a broken file is not touched", () => {
  const text = "kind: Bases\nbases: [{ ref: a, digest: 'sha256:1' }]\n";
  const messages = (wanted: Parameters<typeof addBases>[1], file = text) => {
    const notes = new Notes();
    assert.is(addBases(file, wanted, notes), undefined);
    return notes.sorted().map(({ severity, message }) => `${severity}: ${message}`);
  };
  assert.equal(messages([base("a", "sha256:2")]), [
    "warning: catalog/bases.yaml pins another digest of `a`; it is left as it is",
  ]);
  assert.equal(messages([base("b")]), ["warning: `b` has no digest here, and catalog/bases.yaml does not pin it"]);
  assert.equal(messages([base("a")]), []);
  assert.equal(messages([base("b", "sha256:2")], "bases: {"), [
    "error: catalog/bases.yaml cannot be read, so nothing can be added",
  ]);
});

test.run();
