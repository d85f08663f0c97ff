import { rootOf, stagesOf } from "./stages.js";

/** What the image itself starts from, as it stands behind FROM. undefined: nothing (`scratch`). */
export function finalBase(containerfile: string): string | undefined {
  const stages = stagesOf(containerfile);
  const base = rootOf(stages, stages.length - 1);
  return base === "scratch" ? undefined : base;
}
