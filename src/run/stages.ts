/** One stage of a rendered Containerfile, in which every instruction begins a line and no other line begins with FROM. */
export interface ContainerfileStage {
  /** What it starts from: `scratch`, an earlier stage, `localhost/NAME`, or a reference that is pinned by digest. */
  readonly from: string;
  /** undefined: the image itself. */
  readonly name: string | undefined;
  /** From its FROM on. */
  readonly text: string;
}

/** What stands before the first FROM is a comment, and left out. */
export function stagesOf(containerfile: string): readonly ContainerfileStage[] {
  const parts = containerfile.split(/^(?=FROM )/m);
  return parts.flatMap((text) => {
    const [, from, name] = /^FROM (\S+)(?: AS (\S+))?$/m.exec(text.split("\n", 1)[0] as string) ?? [];
    return from === undefined ? [] : [{ from, name, text }];
  });
}

/** Where a stage stands; undefined as its name: the image itself, which is the last. -1: there is none. */
export const stageIndex = (stages: readonly ContainerfileStage[], name: string | undefined) =>
  name === undefined ? stages.length - 1 : stages.findIndex((stage) => stage.name === name);

/** What a stage starts from in the end, through the stages that it is built on: no stage any more. */
export function rootOf(stages: readonly ContainerfileStage[], index: number): string {
  const from = stages[index]?.from ?? "scratch";
  // Each stage sees those before it only.
  const before = stages.slice(0, index).findLastIndex(({ name }) => name === from);
  return before < 0 ? from : rootOf(stages, before);
}
