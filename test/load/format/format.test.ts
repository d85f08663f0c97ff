import { formatYaml } from "../../../src/load/format/format.js";
import { IMAGE_SCHEMA } from "../../../src/load/kinds/schema/image.js";
import { SETTINGS_SCHEMA } from "../../../src/load/kinds/schema/settings.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/format-yaml");

const format = (text: string) => formatYaml(text, IMAGE_SCHEMA);

const BEFORE = `# yaml-language-server: $schema=x
# about version
version: 1.10   # aligned
parent: 'b'

# the name
name: a
run:   # c
# about user
    user: app # trailing
    # not yet
    workdir: /x
      # deep
    cmd: ['a', "b"]
    # foot of run
artifacts:
- dest: x
  # a path
  path: |
    a

# after
-   target: /x   # t
    mode: "0644"
    path: p

tests:
  - { stdout: { matches: x, equals: 'y' }, command: [id] }
  - contains: x
    file: /x
setup:
  - |
      foo
      # no comment
      bar
  - "a
    b"
env:
    B: 1
    A: 2
# end
`;

const AFTER = `# yaml-language-server: $schema=x
# the name
name: a

# about version
version: 1.10   # aligned
parent: "b"
artifacts:
  # a path
  - path: |
      a
    dest: x

  # after
  - path: p
    target: /x   # t
    mode: "0644"
env:
  B: 1
  A: 2
setup:
  - |
      foo
      # no comment
      bar
  - "a
    b"
run:   # c
  # about user
  user: app # trailing
  # not yet
  workdir: /x
    # deep
  cmd: ["a", "b"]
  # foot of run

tests:
  - { command: [id], stdout: { equals: "y", matches: x } }
  - file: /x
    contains: x
# end
`;

test("keys in the schema's order, nested ones too; comments go with their keys, free mappings stay", () => {
  assert.is(format(BEFORE), AFTER);
  assert.is(format(AFTER), AFTER);
});

test("the file's own head stays at the top: what an empty line sets off, and what speaks to the editor", () => {
  assert.is(format("# head\n\n# b\nversion: 1\nname: a\n"), "# head\n\nname: a\n# b\nversion: 1\n");
  assert.is(format("---\nversion: 1\nname: a\n"), "---\nname: a\nversion: 1\n");
  assert.is(format("# vim: ts=2\nversion: 1\nname: a\n"), "# vim: ts=2\nname: a\nversion: 1\n");
});

test("quotes change only where nothing else would", () => {
  assert.is(format("name: 'a'\n"), 'name: "a"\n');
  for (const text of [
    "name: '\\'\n",
    "name: 'a''b'\n",
    "name: '\"'\n",
    "name: 'a\n  b'\n",
    "name: 1.10\n",
    "name: yes\n",
  ])
    assert.is(format(text), text);
});

test("line ends, a byte order mark and a missing line end at the end", () => {
  assert.is(format("\ufeffversion: 1\r\nname: a\r\n"), "\ufeffname: a\nversion: 1\n");
  assert.is(format("version: 1\nname: a"), "name: a\nversion: 1\n");
});

test("block text keeps its empty lines at the end only with `+`", () => {
  assert.is(
    format("description: |+\n  x\n\nname: a\n"),
    "name: a\ndescription: |+\n  x\n\n",
    "the empty line is part of the text",
  );
  assert.is(format("description: |\n  x\n\nname: a\n"), "name: a\n\ndescription: |\n  x\n");
});

test("settings: their order is another one", () => {
  assert.is(
    formatYaml("updates: { groups: { b: [x], a: [y] }, limit: 1 }\nplatforms: [linux/amd64]\n", SETTINGS_SCHEMA),
    "platforms: [linux/amd64]\nupdates: { limit: 1, groups: { b: [x], a: [y] } }\n",
  );
});

test("left alone: what lines and keys cannot be moved in", () => {
  const texts = [
    "? version\n: 1\n? name\n: a\n",
    "run: {\n  workdir: /x, # c\n  user: a }\n",
    "version: 1\rname: a\r",
    "version: 1\n---\nname: a\n",
    "version: [\nname: a\n",
    "run:\n  &x workdir: /x\n  user: a\n",
    "- version: 1\nname: a\n",
  ];
  for (const text of texts) assert.is(format(text), text);
});

test.run();
