/** The files that `slipway init` wrote, and what to do next. `directory` is relative to the current one; empty: the same. */
export function initText(files: readonly string[], directory: string): string {
  const enter = directory === "" ? [] : [`  cd ${quote(directory)}`];
  return [...files, "", "Next:", ...enter, ...NEXT, ""].join("\n");
}

/** A path as one word for a shell. */
const quote = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

const NEXT = [
  "  put your teams or users into policies/roles.yaml",
  "  slipway validate    every problem of the catalogue",
  "  slipway plan        what a build would do",
  "  slipway build       build, test and publish",
];
