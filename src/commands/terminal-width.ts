/** Columns of the terminal that standard output goes to; undefined: it goes elsewhere, where nothing is cut. */
export const terminalWidth = (): number | undefined =>
  process.stdout.isTTY && process.env.TERM !== "dumb" ? process.stdout.columns || 80 : undefined;
