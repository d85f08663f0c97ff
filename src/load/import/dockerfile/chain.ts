import type { DockerfileInstruction, InstructionFlag } from "./instructions.js";

/** A stage of the file. */
export interface DockerStage {
  /** Its number, as `--from=0` counts. */
  readonly index: number;
  /** As written after AS; undefined: it has none. */
  readonly name: string | undefined;
  /** What it starts from, with variables replaced. */
  readonly from: string;
  readonly instruction: DockerfileInstruction;
  readonly body: DockerfileInstruction[];
  /** The stage of this file that it starts from. */
  readonly base: DockerStage | undefined;
}

/** A stage with the stages of this file that it starts from, the first one first. */
export function chainOf(stage: DockerStage): DockerStage[] {
  const chain: DockerStage[] = [];
  for (let at: DockerStage | undefined = stage; at !== undefined; at = at.base) chain.unshift(at);
  return chain;
}

/**
 * The stages that stay stages. An image cannot start from one of its own stages, so those that the last one starts
 * from become part of it; they remain only if others need them too.
 */
export function keptStages(stages: readonly DockerStage[]): DockerStage[] {
  const last = stages.at(-1);
  if (last === undefined) return [];
  const merged = new Set(chainOf(last));
  const kept = new Set(stages.filter((stage) => !merged.has(stage)));
  const queue = [...kept, ...merged];
  for (let stage = queue.pop(); stage !== undefined; stage = queue.pop()) {
    const inside = !merged.has(stage) || kept.has(stage) ? [stage.base] : [];
    for (const needed of [...inside, ...copiedFrom(stage, stages)]) {
      if (needed === undefined || needed === last || kept.has(needed)) continue;
      kept.add(needed);
      queue.push(needed);
    }
  }
  return stages.filter((stage) => kept.has(stage));
}

function copiedFrom({ body }: DockerStage, stages: readonly DockerStage[]): (DockerStage | undefined)[] {
  const flags: InstructionFlag[] = body.flatMap((instruction) => instruction.flags);
  return flags.filter(({ name }) => name === "from").map(({ value }) => stageNamed(value, stages));
}

const stageNamed = (name: string, stages: readonly DockerStage[]): DockerStage | undefined =>
  stages.find((stage) => stage.name?.toLowerCase() === name.toLowerCase() || String(stage.index) === name);
