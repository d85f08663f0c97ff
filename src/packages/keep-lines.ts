/**
 * Keeps the lines of a configuration file that say where to get packages, without those that could change what is built.
 * `continues` matches a line that continues the value above it and is kept with it.
 */
export function keepLines(text: string, kept: RegExp, continues?: RegExp): string {
  let keeping = false;
  const lines = text.split(/\r?\n/).filter((line) => {
    if (!continues?.test(line)) keeping = kept.test(line);
    return keeping;
  });
  return `${lines.join("\n")}\n`;
}
