import type { ImageName } from "../../model/names.js";
import type { Plan } from "../../model/plan.js";
import { type MatrixStage, matrixStages } from "../../resolve/matrix.js";
import type { HeadImages } from "./head-images.js";

/** A plan spread over at most `jobs` machines. What is only to be deleted needs none. */
export function planMatrix({ plan, images: head }: { readonly plan: Plan; readonly images: HeadImages }, jobs: number) {
  const images = plan.steps.filter(({ action }) => action !== "delete").map(({ image }) => image);
  const parentsOf = (image: ImageName) => head.find(image)?.parents ?? [];
  const stages: readonly MatrixStage[] = matrixStages({ images, parentsOf, jobs, shared: plan.base === null });
  return { stages };
}
