/**
 * The lines of a configuration file that say where to get packages; a line that could change what is built stays behind.
 * `continues`: a line that is part of the value above it, and shares its fate.
 */
export function keepLines(text: string, kept: RegExp, continues?: RegExp): string {
  let keeping = false;
  const lines = text.split(/\r?\n/).filter((line) => {
    if (!continues?.test(line)) keeping = kept.test(line);
    return keeping;
  });
  return `${lines.join("\n")}\n`;
}
