/** What a spreadsheet would take for a formula: names and versions of packages are not to be trusted. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * RFC 4180: records end with CR LF, and a cell with a comma, a quote or a line break is quoted. A cell that a spreadsheet would
 * calculate gets an apostrophe in front, which marks it as text.
 */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
