import { stripVTControlCharacters } from "node:util";
import { displayWidth } from "./report/printable.js";
import type { Screen } from "./report/progress.js";

/** The end of a terminal, which is drawn anew, while everything else is written above it. */
interface LiveScreen extends Screen {
  /** Writes whole lines above what is drawn. */
  above(write: () => void): void;
  /** Wipes it and shows the cursor. */
  close(): void;
}

/** Opens the end of a terminal. The library that draws is loaded here, for only terminals need it. */
export async function openScreen(stream: NodeJS.WriteStream): Promise<LiveScreen> {
  const { createLogUpdate } = await import("log-update");
  const draw = createLogUpdate(stream);
  let frame = "";
  let width = stream.columns || 80;
  const paint = (text: string) => {
    frame = text;
    if (frame === "") draw.clear();
    else draw(frame);
  };
  /** A narrower terminal has folded the lines that were drawn, so they take more rows than the library knows of. */
  const resized = () => {
    const columns = stream.columns || 80;
    if (columns < width && frame !== "") stream.write(`\r${upBy(rowsOf(frame, columns))}\u001b[0J`);
    else draw.clear();
    width = columns;
    draw.done();
    if (frame !== "") draw(frame);
  };
  stream.on("resize", resized);
  return {
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    draw: paint,
    above(write) {
      draw.clear();
      write();
      if (frame !== "") draw(frame);
    },
    close() {
      stream.off("resize", resized);
      draw.clear();
      draw.done();
    },
  };
}

/** Rows that lines take in a terminal of this width. */
export const rowsOf = (text: string, columns: number) =>
  text
    .split("\n")
    .map((line) => Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / columns)))
    .reduce((sum, rows) => sum + rows, 0);

const upBy = (rows: number) => `\u001b[${rows}A`;
