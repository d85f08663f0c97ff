import { GRAPH_FORMATS } from "../../src/report/graph-formats.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import { catalogue, image } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("report/graph-formats");

function format(name: string, definitions = FAMILY): string {
  const { graph } = resolveGraph(catalogue(definitions));
  return GRAPH_FORMATS.get(name)?.([...graph.nodes.values()]) ?? `no format ${name}`;
}

const FAMILY = [
  image("base", { version: "12.1" }),
  image("python3", { parent: "base" }),
  image("end", { parent: "python3" }),
  image("web.x_y-z", { parent: "base" }),
  image("other"),
];
/** No schema lets these through. */
const HOSTILE = [image('a"]; x --> y\\"', { version: '<b>&"1"' }), image("b", { parent: 'a"]; x --> y\\"' })];

test("the names of the formats", () =>
  assert.equal([...GRAPH_FORMATS.keys()], ["text", "json", "mermaid", "dot", "svg"]));

test("text: a tree", () => {
  assert.is(format("text"), "base 12.1\n├─ python3 1.0\n│  └─ end 1.0\n└─ web.x_y-z 1.0\nother 1.0\n");
});

test("json", () => {
  assert.equal(JSON.parse(format("json")).images.slice(0, 3), [
    { name: "base", version: "12.1", parents: [], level: 0 },
    { name: "other", version: "1.0", parents: [], level: 0 },
    { name: "python3", version: "1.0", parents: ["base"], level: 1 },
  ]);
});

test("mermaid", () => {
  assert.is(
    format("mermaid"),
    `flowchart TD
  n0["base 12.1"]
  n1["other 1.0"]
  n2["python3 1.0"]
  n3["web.x_y-z 1.0"]
  n4["end 1.0"]
  n0 --> n2
  n0 --> n3
  n2 --> n4
`,
  );
  for (const line of format("mermaid", HOSTILE).trimEnd().split("\n").slice(1)) {
    assert.match(line, /^ {2}(?:n\d+\["[^"]*"\]|n\d+ --> n\d+)$/);
  }
});

test("dot", () => {
  assert.is(
    format("dot", FAMILY.slice(0, 2)),
    `digraph images {
  "base" [label="base\\n12.1"];
  "python3" [label="python3\\n1.0"];
  "base" -> "python3";
}
`,
  );
  const word = '"(?:[^"\\\\]|\\\\.)*"';
  const line = new RegExp(`^ {2}(?:${word} \\[label=${word}\\]|${word} -> ${word});$`);
  for (const text of format("dot", HOSTILE).trimEnd().split("\n").slice(1, -1)) assert.match(text, line);
});

/** Elements that are closed, attributes in quotes, and no stray `<` or `&` in between. */
function wellFormed(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const rest = xml.replace(/<(\/?)([a-z]+)((?: [a-z-]+="[^"<&]*")*)(\/?)>/g, (_, closing, name, _attributes, empty) => {
    if (closing) assert.is(open.pop(), name);
    else names.push(name);
    if (!closing && !empty) open.push(name);
    return "";
  });
  assert.equal(open, []);
  assert.not.match(rest.replace(/&(?:amp|lt|gt);/g, ""), /[<>&]/);
  return names;
}

test("svg: well-formed, a box for each image and a line for each parent", () => {
  const svg = format("svg");
  const names = wellFormed(svg);
  const count = (name: string) => names.filter((other) => other === name).length;
  assert.equal([count("svg"), count("rect"), count("text"), count("path")], [1, 5, 5, 3]);
  assert.match(svg, '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="108"');
  assert.match(svg, ">web.x_y-z 1.0</text>");
  wellFormed(format("svg", HOSTILE));
});

test("no image at all", () => {
  assert.is(format("text", []), "\n");
  assert.is(format("mermaid", []), "flowchart TD\n");
  wellFormed(format("svg", []));
});

test("a chain of 2,000 images: no format recurses", () => {
  const chain = Array.from({ length: 2000 }, (_, index) =>
    image(`i${index}`, index === 0 ? {} : { parent: `i${index - 1}` }),
  );
  for (const name of GRAPH_FORMATS.keys()) assert.match(format(name, chain), "i1999");
});

test.run();
