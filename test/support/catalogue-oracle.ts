import { posix } from "node:path";
import type { LoadedCatalogue } from "../../src/app/catalogue/desired.js";
import { expandArtifact } from "../../src/load/expand-artifact.js";
import type { Catalogue } from "../../src/model/catalogue.js";
import type { Artifact, Body } from "../../src/model/definition.js";
import type { DesiredImage } from "../../src/model/desired.js";
import type { ImageNode, Stage } from "../../src/model/graph.js";
import { type Instruction, parseContainerfile } from "./containerfile.js";
import { comparable, expectedStages } from "./expected-instructions.js";
import type { MemoryFiles } from "./memory-tree.js";
import { assert } from "./suite.js";

/** Checks that a catalogue was either accepted as a whole or rejected with diagnostics at places. Returns true if accepted. */
export function checkOutcome({ catalogue, desired, diagnostics }: LoadedCatalogue, files: MemoryFiles): boolean {
  for (const { code, file, line, column, message } of diagnostics) {
    const place = `${file}:${line}:${column} ${code}: ${message}`;
    assert.ok(Object.hasOwn(files, file), `no such file: ${place}`);
    assert.ok(Number.isInteger(line) && line >= 1 && Number.isInteger(column) && column >= 1, place);
  }
  for (const image of desired.images.values()) checkImage(image, catalogue);
  const accepted = diagnostics.every(({ severity }) => severity === "warning");
  if (accepted) assert.equal([...catalogue.images.keys()].sort(), [...desired.images.keys()].sort(), "one is missing");
  return accepted;
}

/** Checks that the Containerfile contains exactly what the definition asks for, and the context the files that it copies. */
function checkImage({ node, recipe }: DesiredImage, catalogue: Catalogue): void {
  const asked = new Asked(node, catalogue);
  const expected = expectedStages(node, recipe, (stage) => asked.copies(stage));
  assert.equal(comparable(parseContainerfile(recipe.containerfile.text)), expected, node.name);
  assert.equal(
    recipe.context.map(({ path, from }) => `${from} → ${path}`),
    asked.context,
    `${node.name}: the build context`,
  );
}

/** The COPY instructions of an image's stages, in order, and the files of the build context that they need. */
class Asked {
  readonly context: string[] = [];
  #folders = 0;

  constructor(
    readonly node: ImageNode,
    readonly catalogue: Catalogue,
  ) {}

  copies(stage: Stage): Instruction[] {
    const before = this.node.stages.slice(0, this.node.stages.indexOf(stage)).map(({ name }) => name);
    return stage.bodies.flatMap((body) =>
      body.artifacts.flatMap((artifact) => {
        const owner = artifact.owner === undefined ? [] : [`chown=${artifact.owner}`];
        if (artifact.type !== "image") return this.#files(artifact, body).map((value) => copy(value, owner));
        const from = before.includes(artifact.image) ? artifact.image : `localhost/${artifact.image}`;
        return [copy([artifact.path, artifact.target], [`from=${from}`, ...owner])];
      }),
    );
  }

  #files(artifact: Exclude<Artifact, { type: "image" }>, body: Body): string[][] {
    const directories = new Map<string, [from: string, name: string][]>();
    for (const [path, from] of this.#targets(artifact, body)) {
      const directory = posix.dirname(path);
      directories.set(directory, [...(directories.get(directory) ?? []), [from, posix.basename(path)]]);
    }
    return [...directories].map(([directory, members]) => {
      const folder = `artifacts/${this.#folders++}/`;
      this.context.push(...members.map(([from, name]) => `${from} → ${folder}${name}`));
      return [folder, directory === "/" ? "/" : `${directory}/`];
    });
  }

  #targets(artifact: Exclude<Artifact, { type: "image" }>, { folder }: Body): [path: string, from: string][] {
    if (artifact.type === "url") {
      const name = new URL(artifact.url).pathname.replace(/\/+$/, "").split("/").at(-1);
      return [[artifact.target.endsWith("/") ? `${artifact.target}${name}` : artifact.target, artifact.url]];
    }
    const expansion = expandArtifact(artifact, folder, this.catalogue.files);
    // Missing files have been reported, and the image is rendered without them.
    if (expansion.problem !== undefined) return [];
    return expansion.files.map(({ path, from }) => [path, from]);
  }
}

const copy = (value: readonly string[], options: readonly string[]): Instruction =>
  options.length === 0 ? { name: "COPY", value } : { name: "COPY", value, option: options.join(" ") };
