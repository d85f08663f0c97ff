import type { ImageName } from "../../model/names.js";
import type { Plan } from "../../model/plan.js";
import { type MatrixStage, matrixStages } from "../../resolve/matrix.js";
import type { LoadedCatalogue } from "../catalogue/catalogue.js";

/** A plan spread over at most `jobs` machines. What is only to be deleted needs none. */
export function planMatrix({ plan, loaded }: { readonly plan: Plan; readonly loaded: LoadedCatalogue }, jobs: number) {
  const images = plan.steps.filter(({ action }) => action !== "delete").map(({ image }) => image);
  const parentsOf = (image: ImageName) => loaded.desired.images.get(image)?.node.parents ?? [];
  const stages: readonly MatrixStage[] = matrixStages({ images, parentsOf, jobs, shared: plan.base === null });
  return { stages };
}
