/** What a spreadsheet would take for a formula: names and versions of packages are other people's text. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * RFC 4180: records end with CR LF, a cell with a comma, a quote or a line break stands in quotes. A cell that a spreadsheet would
 * calculate has an apostrophe in front, which it takes for "this is text".
 */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
