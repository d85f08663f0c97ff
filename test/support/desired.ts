import { createHash } from "node:crypto";
import { posix } from "node:path";
import { approveStage } from "../../src/app/catalogue/stage-approval.js";
import type { Catalogue } from "../../src/model/catalogue.js";
import type { ImageDefinition, PathArtifact, UrlArtifact } from "../../src/model/definition.js";
import type { Desired, DesiredImage } from "../../src/model/desired.js";
import type { ImageNode } from "../../src/model/graph.js";
import type { CopySource } from "../../src/model/instructions.js";
import type { ImageName } from "../../src/model/names.js";
import type { RecipeArtifact, RecipeFiles } from "../../src/model/recipe.js";
import { managersOf } from "../../src/packages/managers.js";
import { NO_EXCEPTIONS } from "../../src/policy/exception-ledger.js";
import { contextDirectory } from "../../src/render/build-context.js";
import { withArguments } from "../../src/render/package-arguments.js";
import type { StageInput } from "../../src/render/recipe-stage.js";
import { type Rendered, render } from "../../src/render/render.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import { testsDigest } from "../../src/resolve/tags.js";
import { type CatalogueFields, catalogue } from "./definitions.js";

const templates = builtInTemplates();

/** The desired images, made by the real pipeline without any file. Throws if there is a diagnostic. */
export function desired(
  images: readonly ImageDefinition[],
  fields: CatalogueFields = {},
  commit: string | null = null,
): Desired {
  const all = catalogue(images, fields);
  const { graph, diagnostics } = resolveGraph(all);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const result = new Map<ImageName, DesiredImage>();
  for (const node of graph.nodes.values()) {
    const parent = node.parent === undefined ? undefined : result.get(node.parent);
    const rendered = renderNode(node, all, fields.files);
    if (!rendered.ok) throw new Error(rendered.diagnostics.map(({ message }) => message).join("\n"));
    const { tests } = node.definition;
    result.set(node.name, {
      node,
      recipe: rendered.recipe,
      tags: node.definition.tags ?? all.settings.defaults.tags,
      tests: [...(parent?.tests ?? []), ...tests],
      testsDigest: testsDigest(parent?.testsDigest ?? "", tests),
    });
  }
  return { commit, settings: all.settings, images: result };
}

export function desiredImage({ images }: Desired, name: string): DesiredImage {
  const found = images.get(name as ImageName);
  if (found === undefined) throw new Error(`no image ${name}`);
  return found;
}

/** Approves and renders one image. */
export function renderNode(node: ImageNode, all: Catalogue, files: Readonly<Record<string, string>> = {}): Rendered {
  const managers = managersOf(all);
  const stages: StageInput[] = [];
  let place = 0;
  for (const stage of node.stages) {
    const { packages, diagnostics } = approveStage(stage, { catalogue: all, managers, exceptions: NO_EXCEPTIONS });
    if (diagnostics.length > 0) return { ok: false, diagnostics };
    const artifacts = stage.bodies.flatMap((body) =>
      body.artifacts.map((artifact): RecipeArtifact => {
        const { pointer, owner, target } = artifact;
        const shared = { source: body.source, pointer, ...(owner === undefined ? {} : { owner }) };
        if (artifact.type !== "image") return { ...recipeFiles(artifact, place++, files), ...shared };
        const isStage = stages.some((before) => before.stage.name === artifact.image);
        const from: CopySource = isStage
          ? { type: "stage", stage: artifact.image }
          : { type: "image", image: artifact.image as ImageName };
        return { type: "copy", from, path: artifact.path, target, ...shared };
      }),
    );
    stages.push({ stage, packages: withArguments(packages, stage, managers), artifacts });
  }
  return render({ node, stages }, templates);
}

/** An artifact: one file of the catalogue at the target. */
function recipeFiles(
  artifact: PathArtifact | UrlArtifact,
  index: number,
  files: Readonly<Record<string, string>>,
): Pick<RecipeFiles, "type" | "directory" | "entries"> {
  const { target, mode } = artifact;
  const from = artifact.type === "path" ? artifact.path : artifact.url;
  const text = files[from] ?? "";
  const content = artifact.type === "url" ? artifact.sha256 : createHash("sha256").update(text).digest("hex");
  const name = target.endsWith("/") ? posix.basename(from) : posix.basename(target);
  const entry = { path: `${contextDirectory(index)}/${name}`, mode: "100644", from, content } as const;
  return {
    type: "files",
    directory: target.endsWith("/") ? target : posix.dirname(target),
    entries: [mode === undefined ? entry : { ...entry, permissions: mode }],
  };
}
