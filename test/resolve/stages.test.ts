import { externalReferences } from "../../src/model/recipe-stages.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import {
  type CatalogueFields,
  catalogue,
  digest,
  type ImageFields,
  image,
  imageName,
  module,
  type StageFields,
} from "../support/definitions.js";
import { desired, desiredImage } from "../support/desired.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/stages");

const BASE = image("base", { os: "debian", language: "python3", user: "app", shell: ["/bin/bash", "-c"] });

function stages(fields: ImageFields, more: CatalogueFields = {}) {
  const { graph, diagnostics } = resolveGraph(catalogue([BASE, image("a", fields)], more));
  assert.equal(diagnostics, []);
  return graph.nodes.get(imageName("a"))?.stages ?? [];
}
const inheritance = (fields: ImageFields, more?: CatalogueFields) =>
  stages(fields, more).map(({ name, base, os, language, user, shell }) => {
    return [name ?? "-", base.type, os ?? "-", language ?? "-", user ?? "-", shell?.join(" ") ?? "-"].join(" ");
  });

const scratch = (name: string, fields: Partial<StageFields> = {}): StageFields => ({
  name,
  from: "scratch",
  ...fields,
});

test("a stage inherits from what it starts from, an earlier stage before an image", () => {
  assert.equal(
    inheritance({
      parent: "base",
      stages: [
        scratch("one", { os: "photon", user: "u" }),
        { name: "two", parent: "one", language: "nodejs" },
        { name: "three", parent: "base", user: "root" },
        { name: "base", parent: "three" },
        { name: "four", parent: "base", shell: ["/x"] },
      ],
    }),
    [
      "one scratch photon - u -",
      "two stage photon nodejs u -",
      "three image debian python3 root /bin/bash -c",
      "base stage debian python3 root /bin/bash -c",
      "four stage debian python3 root /x",
      "- image debian python3 app /bin/bash -c",
    ],
  );
});

test("an external base gives its operating system, a bootstrap is Debian", () => {
  const bases = [{ ref: "example.org/os:1", digest: digest("a"), os: "photon" }];
  assert.equal(inheritance({ stages: [{ name: "s", from: "example.org/os:1" }] }, { bases }), [
    "s external photon - - -",
    "- bootstrap debian - - -",
  ]);
});

test("user and shell are the last word of modules and image", () => {
  const modules = [module("m", "1", { user: "m", shell: ["/m"] }), module("n", "1", { user: "n", modules: ["m"] })];
  const of = (fields: ImageFields) => inheritance({ parent: "base", ...fields }, { modules }).at(-1);
  assert.is(of({ modules: ["m"] }), "- image debian python3 m /m");
  assert.is(of({ modules: ["n"] }), "- image debian python3 n /m");
  assert.is(of({ modules: ["n"], user: "own" }), "- image debian python3 own /m");
});

test("what derives from an image inherits from its last stage only", () => {
  const { graph } = resolveGraph(
    catalogue([
      BASE,
      image("a", { parent: "base", stages: [scratch("s", { os: "photon", user: "x", shell: ["/s"] })] }),
      image("b", { parent: "a" }),
    ]),
  );
  const { os, user } = graph.nodes.get(imageName("b")) ?? {};
  assert.equal([os, user], ["debian", "app"]);
});

/** Containerfile lines of `a`, without comments. */
function lines(fields: ImageFields, more: CatalogueFields = {}): string[] {
  const { recipe } = desiredImage(desired([BASE, image("tools", {}), image("a", fields)], more), "a");
  return recipe.containerfile.text.split("\n").filter((line) => /^[A-Z]/.test(line));
}

test("the Containerfile has stages in order, each with what goes into it, the image last", () => {
  const found = lines({
    parent: "base",
    stages: [
      scratch("one", { os: "debian", artifacts: [{ path: "f", target: "/src/" }], env: { A: "1" }, user: "u" }),
      { name: "two", parent: "one", artifacts: [{ type: "image", image: "tools", path: "/t", target: "/t" }] },
    ],
    artifacts: [
      { type: "image", image: "two", path: "/src/f", target: "/f", owner: "1:2" },
      { path: "g", target: "/srv/" },
    ],
  });
  assert.equal(found, [
    "FROM scratch AS one",
    'COPY ["artifacts/0/","/src/"]',
    'ENV A="1"',
    "USER u",
    "FROM one AS two",
    'COPY --from=localhost/tools ["/t","/t"]',
    "FROM localhost/base",
    'COPY --from=two --chown=1:2 ["/src/f","/f"]',
    'COPY ["artifacts/1/","/srv/"]',
  ]);
});

test("a stage of the name of an image hides it in COPY as well, from where it stands on", () => {
  const copy = { type: "image", image: "tools", path: "/t", target: "/t" } as const;
  const found = lines({
    parent: "base",
    stages: [scratch("before", { artifacts: [copy] }), scratch("tools"), scratch("after", { artifacts: [copy] })],
    artifacts: [copy],
  });
  assert.equal(
    found.filter((line) => line.startsWith("COPY")),
    ['COPY --from=localhost/tools ["/t","/t"]', 'COPY --from=tools ["/t","/t"]', 'COPY --from=tools ["/t","/t"]'],
  );
});

test("health check and shell are said of the image only", () => {
  const said = { shell: ["/bin/sh", "-c"], healthcheck: { type: "none" } } as const;
  const found = lines({ parent: "base", stages: [scratch("s", { os: "debian", ...said })], ...said });
  assert.equal(found, ["FROM scratch AS s", "FROM localhost/base", 'SHELL ["/bin/sh","-c"]', "HEALTHCHECK NONE"]);
});

test("externals of all stages, each once", () => {
  const bases = [{ ref: "example.org/os:1", digest: digest("a") }];
  const from = "example.org/os:1";
  const { recipe } = desiredImage(
    desired([image("a", { from, stages: [{ name: "s", from }, scratch("t")] })], { bases }),
    "a",
  );
  assert.equal(externalReferences(recipe.containerfile.stages), [`example.org/os@${digest("a")}`]);
});

test.run();
