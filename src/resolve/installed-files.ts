import type { BuildAccount } from "../model/attribution.js";
import type { CopyInstruction, RecipeStage } from "../model/instructions.js";

export interface BuiltStages {
  readonly account: BuildAccount;
  readonly stages: readonly RecipeStage[];
}

/** Whether a file of a stage (counted from 0) came with the packages, and nothing has changed it since. */
export function isInstalled({ account, stages }: BuiltStages, index: number, path: string): boolean {
  const stage = stages[index];
  const trace = account.stages[index];
  const { base, instructions = [] } = stage ?? {};
  if (trace === undefined) return false;
  if (base?.type !== "bootstrap" && !instructions.some(({ type }) => type === "install")) return false;
  if (trace.seen !== undefined) return trace.seen.installed.has(path);
  return !trace.hasSetup && !copiesOf(stage).some(({ from }) => from?.type === "stage");
}

export const copiesOf = (stage: RecipeStage | undefined): readonly CopyInstruction[] =>
  (stage?.instructions ?? []).filter((each) => each.type === "copy");
