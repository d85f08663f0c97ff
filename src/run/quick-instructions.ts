import type { Instruction, RecipeStage } from "../model/instructions.js";

/** Instructions that change nothing but the configuration, and none of which depends on another kind of them. */
const CONFIGURATION = new Set<Instruction["type"]>([
  "label",
  "expose",
  "volume",
  "stopsignal",
  "shell",
  "healthcheck",
  "entrypoint",
  "cmd",
]);

/**
 * A stage that gives the same image and takes Buildah less time. After each instruction it makes sure that there is the working
 * directory, which belongs to the user at that moment, and looks up that user by up to four processes where it is a name: so root has its
 * numbers, and the working directory and the user of the image come last.
 */
export function quickInstructions(stage: RecipeStage): RecipeStage {
  const { instructions } = stage;
  const isLate = ({ type }: Instruction) => CONFIGURATION.has(type) || type === "workdir" || type === "user";
  const end = instructions.findLastIndex((each) => !isLate(each)) + 1;
  const [working, late] = [instructions.slice(0, end), instructions.slice(end)];
  // The last one is what the image's configuration says.
  const last = instructions.findLastIndex(({ type }) => type === "user");
  const withNumbers = working.map((each, index) =>
    each.type === "user" && each.user === "root" && index < last ? { ...each, user: "0:0" } : each,
  );
  const ordered = (["configuration", "workdir", "user"] as const).flatMap((kind) =>
    late.filter(({ type }) => (CONFIGURATION.has(type) ? "configuration" : type) === kind),
  );
  return { ...stage, instructions: [...withNumbers, ...ordered] };
}
