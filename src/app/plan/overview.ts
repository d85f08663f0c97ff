import { type Context, stateRoot } from "../../context.js";
import { workState } from "../../load/git/work-state.js";
import { openWorkingTree } from "../../load/git/working-tree.js";
import type { Overview } from "../../model/overview.js";
import type { Plan } from "../../model/plan.js";
import { RegistryError } from "../../model/registry.js";
import { builtInTemplates } from "../../render/templates.js";
import { readFailures } from "../../run/last-results.js";
import { type LoadedCatalogue, loadDesired } from "../catalogue/catalogue.js";
import { openNamed, registryReference } from "./registry.js";
import { planLoaded } from "./registry-plan.js";
import { lastFailure } from "./status.js";

/**
 * Where one stands: the catalogue, Git, problems, and what a build would do. A registry that does not answer at once is no failure.
 * Throws TreeError.
 */
export async function overview(context: Context): Promise<Overview> {
  const { catalogue: directory, today } = context;
  const tree = await openWorkingTree(directory);
  const isCatalogue = tree.files.size > 0;
  const state = await workState(directory);
  const git = state ? { branch: state.branch ?? null, edits: state.edits, trunk: state.trunk ?? null } : null;
  const nothing = { plan: null, registry: null, registryProblem: null, failed: [] };
  if (!isCatalogue) return { directory, isCatalogue, git, images: 0, errors: 0, warnings: 0, ...nothing };
  const loaded = await loadDesired(tree, builtInTemplates(), { today: today() });
  const errors = loaded.diagnostics.filter(({ severity }) => severity === "error").length;
  const counts = {
    images: loaded.catalogue.images.size,
    errors,
    warnings: loaded.diagnostics.length - errors,
  };
  const planned = errors > 0 || counts.images === 0 ? nothing : await planQuickly(context, loaded);
  return { directory, isCatalogue, git, ...counts, ...planned };
}

/** A plan, or why the registry could not be asked: it has one attempt, and a few seconds. */
async function planQuickly(context: Context, loaded: LoadedCatalogue) {
  const { settings, images } = loaded.desired;
  const registry = registryReference(settings, {});
  try {
    // One question first: where it has no answer, thousands of them would have to wait in turn.
    const [first] = images.values();
    const asked = openNamed(context, registry, { isHasty: true });
    if (first) await asked.find(first.node.name, first.node.definition.version);
    const { plan } = await planLoaded(context, loaded, { isHasty: true });
    return { registry, registryProblem: null, plan: summary(plan), failed: await failedImages(context, plan) };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { registry, registryProblem: error.message, plan: null, failed: [] };
  }
}

function summary({ steps, unchanged }: Plan) {
  const count = (action: string) => steps.filter((step) => step.action === action).length;
  return { build: count("build"), pending: count("pending"), retag: count("retag"), unchanged };
}

async function failedImages(context: Context, { steps }: Plan): Promise<Overview["failed"]> {
  const failures = await readFailures(stateRoot(context));
  return steps.flatMap((step) => {
    const failure = lastFailure(step, failures.get(step.image));
    return failure ? [{ image: step.image, message: failure.message, log: failure.log ?? null }] : [];
  });
}
