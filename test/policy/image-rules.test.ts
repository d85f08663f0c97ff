import { managersOf } from "../../src/packages/managers.js";
import { labels } from "../../src/policy/image-rules.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import { catalogue, fakeSource, image } from "../support/definitions.js";
import { assert, suite } from "../support/suite.js";

const test = suite("policy/image-rules");

test("a label's value is shown where it stands, whatever characters its name has", () => {
  const source = fakeSource("policies/images.yaml");
  const demand = { level: "enforce", reach: [], baseImages: true, source, pointer: "/labels/0" } as const;
  const policies = { images: { sizes: [], labels: [{ ...demand, name: "example.org/a~1b", pattern: "yes" }] } };
  const all = { ...catalogue([image("a", { labels: { "example.org/a~1b": "no" } })]), policies };
  const { graph } = resolveGraph(all);
  const [node] = graph.nodes.values();
  if (node === undefined) throw new Error("no image");
  const found = labels({ catalogue: all, graph, node, managers: managersOf(all), today: "2026-06-01" });
  assert.equal(
    found.map(({ code, excerpt }) => `${code} ${excerpt}`),
    ["label-value /labels/example.org~1a~01b"],
  );
});

test.run();
