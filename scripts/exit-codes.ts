/** The exit codes of every command, for docs/cli.md and the manual pages. */
export const EXIT_CODES: readonly (readonly [code: number, means: string])[] = [
  [0, "done"],
  [1, "a build, test or publish failed"],
  [2, "usage: an unknown option, image, ref or directory"],
  [3, "a definition or policy was rejected"],
  [
    4,
    "an outside service (registry, Git, Buildah) is not available, or the machine lacks something: space, a permission",
  ],
  [130, "interrupted"],
];
