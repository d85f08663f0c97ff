/**
 * What the image itself starts from, as it stands behind FROM: the last stage's base, through the stages that it is built on.
 * undefined: nothing (`scratch`). A rendered Containerfile has one instruction a line, and no other line begins with FROM.
 */
export function finalBase(containerfile: string): string | undefined {
  const stages = [...containerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];
  let base: string | undefined;
  // Each stage sees those before it only, so a walk from the end meets every one that is named.
  for (const [, from, name] of stages.reverse()) if (base === undefined || base === name) base = from;
  return base === "scratch" ? undefined : base;
}
