import type { Instruction, RecipeStage } from "../model/instructions.js";

/** Instructions that change nothing but the configuration, and none of which depends on another kind of them. */
const CONFIGURATION: ReadonlySet<Instruction["type"]> = new Set([
  ...(["label", "expose", "volume", "stopsignal", "shell", "healthcheck", "entrypoint", "cmd"] as const),
]);

/**
 * A stage that gives the same image and takes Buildah less time. After each instruction it makes sure that there is the working
 * directory, which belongs to the user at that moment, and looks up that user by five processes where it is a name: so root has its
 * numbers, and the working directory and the user of the image come last.
 */
export function quickInstructions(stage: RecipeStage): RecipeStage {
  const { instructions } = stage;
  const isLate = ({ type }: Instruction) => CONFIGURATION.has(type) || type === "workdir" || type === "user";
  const end = instructions.findLastIndex((each) => !isLate(each)) + 1;
  const [working, late] = [instructions.slice(0, end), instructions.slice(end)];
  const withNumbers = working.map((each, index) => {
    const isReplaced = instructions.some(({ type }, other) => type === "user" && other > index);
    return each.type === "user" && each.user === "root" && isReplaced ? { ...each, user: "0:0" } : each;
  });
  const ordered = (["configuration", "workdir", "user"] as const).flatMap((kind) =>
    late.filter(({ type }) => (CONFIGURATION.has(type) ? "configuration" : type) === kind),
  );
  return { ...stage, instructions: [...withNumbers, ...ordered] };
}
