import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Catalogue } from "../../src/model/catalogue.js";
import type { ImageDefinition } from "../../src/model/definition.js";
import type { Desired, DesiredImage } from "../../src/model/desired.js";
import type { ImageNode } from "../../src/model/graph.js";
import type { ImageName } from "../../src/model/names.js";
import type { RecipeArtifact } from "../../src/model/recipe.js";
import { managerFor } from "../../src/packages/managers.js";
import { approve } from "../../src/policy/approval.js";
import { contextDirectory } from "../../src/render/prepare.js";
import { type Rendered, render } from "../../src/render/render.js";
import { builtInTemplates } from "../../src/render/templates.js";
import { resolveGraph } from "../../src/resolve/graph.js";
import { testsDigest } from "../../src/resolve/tags.js";
import { type CatalogueFields, catalogue } from "./definitions.js";

const templates = builtInTemplates();

/** What the images should be, made by the real stages without any file. Throws where one has a diagnostic. */
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
    const parent = node.parents[0] === undefined ? undefined : result.get(node.parents[0]);
    const rendered = renderNode(node, parent?.node.user, all, fields.files);
    if (!rendered.ok) throw new Error(rendered.diagnostics.map(({ message }) => message).join("\n"));
    const { tests } = node.definition;
    result.set(node.name, {
      node,
      recipe: rendered.recipe,
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
export function renderNode(
  node: ImageNode,
  inheritedUser: string | undefined,
  all: Catalogue,
  files: Readonly<Record<string, string>> = {},
): Rendered {
  const { definition } = node;
  const { source, origin } = definition;
  const system = managerFor("system", node.os);
  const runtime = managerFor("runtime", node.language);
  const approvals = [
    system && { syntax: system, list: all.systemLists.get(node.os ?? ""), requests: definition.systemPackages },
    runtime && {
      syntax: runtime,
      list: all.runtimeLists.get(node.language ?? ""),
      requests: definition.runtimePackages,
    },
  ].flatMap((input) => (input ? [approve({ ...input, source })] : []));
  const diagnostics = approvals.flatMap((approval) => approval.diagnostics);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const input = {
    node,
    base: origin.type === "from" ? all.bases.get(origin.ref) : undefined,
    inheritedUser,
    packages: approvals.flatMap(({ packages }) => packages),
    artifacts: definition.artifacts.map((artifact, index) => recipeArtifact(artifact, index, files)),
  };
  return render(input, templates);
}

/** One file of the catalogue at the target. */
function recipeArtifact(
  { path, target, mode, owner, pointer }: ImageDefinition["artifacts"][number],
  index: number,
  files: Readonly<Record<string, string>>,
): RecipeArtifact {
  const content = createHash("sha256")
    .update(files[path] ?? "")
    .digest("hex");
  const name = target.endsWith("/") ? posix.basename(path) : posix.basename(target);
  const entry = { path: `${contextDirectory(index)}/${name}`, mode: "100644", from: path, content } as const;
  return {
    directory: target.endsWith("/") ? target : posix.dirname(target),
    entries: [mode === undefined ? entry : { ...entry, permissions: mode }],
    pointer,
    ...(owner === undefined ? {} : { owner }),
  };
}
