/** What `slipway init` has written, and what comes next. `directory`: from the current one; empty: it is that. */
export function initText(files: readonly string[], directory: string): string {
  const enter = directory === "" ? [] : [`  cd ${quote(directory)}`];
  return [...files, "", "Next:", ...enter, ...NEXT, ""].join("\n");
}

/** A word of a shell. */
const quote = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

const NEXT = [
  "  put your teams or users into policies/roles.yaml",
  "  slipway validate    every problem of the catalogue",
  "  slipway plan        what a build would do",
  "  slipway build       build, test and publish",
];
