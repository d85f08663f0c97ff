import { displayWidth } from "./printable.js";

/** The beginning of a printable text that fits into `columns` of a terminal; `…` stands for what is left out. */
export function cutWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let result = "";
  let width = 0;
  for (const char of text) {
    width += displayWidth(char);
    if (width > columns - 1) break;
    result += char;
  }
  return columns < 1 ? "" : `${result}…`;
}
