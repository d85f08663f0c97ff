import type { Context } from "../../context.js";
import { managersOf } from "../../packages/managers.js";
import { ExceptionLedger } from "../../policy/exception-ledger.js";
import type { StepDeps } from "../../run/step.js";
import { checkClosure, type LoadedCatalogue } from "../catalogue/catalogue.js";

/** Judges what an open image is about to install. The packages of a locked one have been checked with the catalogue. */
export function createApproval(context: Context, { catalogue }: LoadedCatalogue): StepDeps["approve"] {
  const managers = managersOf(catalogue);
  return async (image, closure) => {
    if (image.recipe.locked !== undefined) return [];
    const exceptions = new ExceptionLedger(catalogue.exceptions, context.today());
    const problems = checkClosure(image, closure, { catalogue, managers, exceptions });
    return problems.filter(({ severity }) => severity === "error");
  };
}
