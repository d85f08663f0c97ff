import { loadMemory, placesOf, problemsOf } from "../../support/memory-tree.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("load/kinds/matrix");

const FILE = "images/a/image.yaml";
const REST = "version: 1\nkind: BaseImage\nfrom: scratch\n";

/** A definition with this matrix, named after `axes`. */
const definition = (matrix: string, name = "a-${{ matrix.x }}", more = "") =>
  `name: ${name}\nmatrix: ${matrix}\n${REST}${more}`;
const names = async (text: string) => {
  const { diagnostics, catalogue } = await loadMemory({ [FILE]: text });
  assert.equal(diagnostics, []);
  return [...catalogue.images.keys()];
};
const problems = (text: string) => problemsOf({ [FILE]: text });

test("every combination is one image, the first axis slowest", async () => {
  assert.equal(await names(definition("{ x: [b, a] }")), ["a-b", "a-a"]);
  assert.equal(await names(definition("{ x: [1, 2], y: [slim, full] }", "a-${{matrix.x}}-${{  matrix.y  }}")), [
    "a-1-slim",
    "a-1-full",
    "a-2-slim",
    "a-2-full",
  ]);
});

test("values are text and stand wherever text stands, more than once as well", async () => {
  const more =
    "description: ${{ matrix.x }} and ${{ matrix.x }}\nenv: { V: '${{ matrix.x }}' }\nsetup: [[a, '${{ matrix.x }}']]\n";
  const { catalogue } = await loadMemory({ [FILE]: definition("{ x: [1.10, 0x1] }", "a${{ matrix.x }}", more) });
  const images = [...catalogue.images.values()];
  assert.equal(
    images.map(({ name, description, env, setup }) => [name, description, env, setup]),
    ["1.10", "0x1"].map((value) => [
      `a${value}`,
      `${value} and ${value}`,
      [{ name: "V", value }],
      [{ form: "exec", argv: ["a", value] }],
    ]),
  );
});

test("a value is no expression itself, and what is none of the matrix's keeps its shell meaning", async () => {
  const more = "env: { A: '${HOME} $x', B: '${{ matrix.x }' }\n";
  const { catalogue } = await loadMemory({ [FILE]: definition("{ x: ['q'] }", "a", more) });
  assert.equal([...catalogue.images.values()][0]?.env, [
    { name: "A", value: "${HOME} $x" },
    { name: "B", value: "${{ matrix.x }" },
  ]);
  const twice = await loadMemory({
    [FILE]: definition("{ x: ['${{ matrix.x }}'] }", "a", "env: { A: '${{ matrix.x }}' }\n"),
  });
  assert.equal([...twice.catalogue.images.values()][0]?.env, [{ name: "A", value: "${{ matrix.x }}" }]);
});

test("exclude takes combinations away, include adds some", async () => {
  const both = "a-${{ matrix.x }}-${{ matrix.y }}";
  assert.equal(await names(definition("{ x: [1, 2], y: [p, q], exclude: [{ x: 1, y: q }] }", both)), [
    "a-1-p",
    "a-2-p",
    "a-2-q",
  ]);
  assert.equal(await names(definition("{ x: [1, 2], y: [p, q], exclude: [{ x: 1 }, { y: q }] }", both)), ["a-2-p"]);
  assert.equal(await names(definition("{ x: [1], y: [p], include: [{ y: z, x: 9 }] }", both)), ["a-1-p", "a-9-z"]);
  assert.equal(await names(definition("{ x: [1], exclude: [{ x: 1 }], include: [{ x: 2 }] }")), ["a-2"]);
});

test("an axis that there is not, where it is named", async () => {
  assert.equal(await problems(definition("{ version: [1] }", "a-${{ matrix.verson }}")), [
    `${FILE}:1:7 unknown-axis: the matrix has no axis \`verson\` | did you mean \`version\`?`,
  ]);
  assert.equal(await problems(definition("{ x: [1], y: [1] }", "a-${{ matrix.nothing }}")), [
    `${FILE}:1:7 unknown-axis: the matrix has no axis \`nothing\` | its axes are x, y`,
  ]);
  assert.equal(await problems(definition("{ x: [1] }", "a-${{ matrix.x }}", "env: { A: '${{ github.sha }}' }\n")), [
    `${FILE}:6:11 unknown-axis: \`\${{ github.sha }}\` is no value of the matrix | write \`\${{ matrix.AXIS }}\``,
  ]);
  assert.equal(await problems(definition("{ x: [1], exclude: [{ y: 1 }] }")), [
    `${FILE}:2:31 unknown-axis: the matrix has no axis \`y\` | did you mean \`x\`?`,
  ]);
  assert.equal(await problems(definition("{ x: [1], z: [1], include: [{ x: 2 }] }", "a-${{ matrix.x }}")), [
    `${FILE}:2:37 missing-key: the combination says nothing of z`,
  ]);
});

test("no combination", async () => {
  const none = `${FILE}:2:1 matrix-size: the matrix has no combination | give an axis a list of values`;
  assert.equal(await problems(definition("{ x: [1], exclude: [{ x: 1 }] }", "a")), [none]);
  assert.equal(await problems(definition("{}", "a")), [none]);
  assert.equal((await placesOf({ [FILE]: definition("{ x: [] }", "a") })).includes(`${FILE}:2:1 matrix-size`), true);
});

test("at most 256 combinations, those that are included among them", async () => {
  const list = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `v${at + from}`).join(", ");
  assert.is((await names(definition(`{ x: [${list(256)}] }`))).length, 256);
  const over = (count: number) =>
    `${FILE}:2:1 matrix-size: the matrix has ${count} combinations; at most 256 are allowed`;
  assert.equal(await problems(definition(`{ x: [${list(257)}] }`)), [over(257)]);
  assert.equal(
    await problems(definition(`{ x: [${list(17)}], y: [${list(16)}] }`, "a-${{ matrix.x }}-${{ matrix.y }}")),
    [over(272)],
  );
  const included = Array.from({ length: 100 }, (_, at) => `{ x: w${at} }`).join(", ");
  assert.equal(await problems(definition(`{ x: [${list(200)}], include: [${included}] }`)), [over(300)]);
});

test("names must differ, between combinations and files", async () => {
  const hint = "use every axis in the name, for instance `${{ matrix.version }}`";
  assert.equal(await problems(definition("{ x: [1, 2] }", "a")), [
    `${FILE}:1:7 duplicate-image: two combinations of the matrix are named \`a\` | ${hint}`,
  ]);
  assert.equal(await problems(definition("{ x: [1], include: [{ x: 1 }] }")), [
    `${FILE}:1:7 duplicate-image: two combinations of the matrix are named \`a-1\` | ${hint}`,
  ]);
  const other = "images/b/image.yaml";
  assert.equal(await placesOf({ [FILE]: definition("{ x: [1, 2] }"), [other]: `name: a-2\n${REST}` }), [
    `${other}:1:7 duplicate-image`,
  ]);
});

test("a mistake is told once, however many combinations have it", async () => {
  const matrix = "{ x: [1, 2, 3], y: [1, 2, 3] }";
  const name = "a-${{ matrix.x }}-${{ matrix.y }}";
  const text = definition(matrix, name, "prots: [1]\nports: [0, '${{ matrix.x }}x']\n");
  assert.equal(await placesOf({ [FILE]: text }), [
    `${FILE}:6:1 unknown-key`,
    `${FILE}:7:9 invalid-value`,
    `${FILE}:7:12 invalid-value`,
  ]);
  assert.equal(
    await placesOf({ [FILE]: definition(matrix, name, "env: { A: '${{ matrix.z }} ${{ matrix.zz }}' }\n") }),
    [`${FILE}:6:11 unknown-axis`],
  );
});

test("two mistakes at one place stay two", async () => {
  assert.equal(await problems("matrix: { x: [1] }\nparent: b\n"), [
    `${FILE}:1:1 missing-key: \`name\` is missing`,
    `${FILE}:1:1 missing-key: \`version\` is missing`,
  ]);
});

test("what one combination only has wrong is told too", async () => {
  assert.equal(await problems(definition("{ x: [80, 0] }", "a-${{ matrix.x }}", "ports: ['${{ matrix.x }}']\n")), [
    `${FILE}:6:9 invalid-value: \`ports[0]\` must be a port from 1 to 65535, with \`/udp\` or \`/sctp\` where it is not TCP; not \`0\``,
  ]);
});

test("what is wrong beyond the file is told once as well", async () => {
  const text = "name: a-${{ matrix.x }}\nmatrix: { x: [1, 2] }\nversion: 1\nparent: nothing-like-it\n";
  assert.equal(await placesOf({ [FILE]: text }), [`${FILE}:4:9 unknown-parent`]);
});

test("an expression without a matrix stays text, with a warning", async () => {
  const text = "name: a\nversion: 1\nparent: b\nenv: { A: '${{ matrix.x }}', B: '${{ other }}' }\n";
  const base = "kind: BaseImage\nname: b\nversion: 1\nfrom: scratch\n";
  assert.equal(await problemsOf({ [FILE]: text, "images/b/image.yaml": base }), [
    `warning ${FILE}:4:12 unknown-axis: \`\${{ matrix.… }}\` stands in a definition without a \`matrix\`, and is text | add a \`matrix\` with this axis`,
  ]);
});

test("the shape of a matrix", async () => {
  assert.equal(await placesOf({ [FILE]: definition("[x]", "a") }), [
    `${FILE}:2:1 matrix-size`,
    `${FILE}:2:9 wrong-type`,
  ]);
  assert.equal(await placesOf({ [FILE]: definition("{ X: [1] }", "a") }), [`${FILE}:2:11 invalid-value`]);
  assert.equal(await names(definition("", "a")), ["a"], "a key without a value says nothing");
  const rejected = await placesOf({
    [FILE]: definition("{ x: [1, 2] }", "a-${{ matrix.x }}", "nonsense: 1\n"),
    "images/b/image.yaml": "name: b\nversion: 1\nparent: a-2\n",
  });
  assert.equal(rejected, [`${FILE}:6:1 unknown-key`], "what derives from a rejected image is no second mistake");
});

test.run();
