import type { Piece } from "./pty.js";

/** Pixels. */
const CELL = { width: 7.8, height: 17 };
const MARGIN = 14;
/** Seconds that each moment is shown. */
const SHOWN = 1.6;

/** The eight colours of a terminal on a dark background, of which ours are used. */
const COLORS: readonly string[] = "#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4".split(" ");

const STYLE = `text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre;fill:#e6edf3}
.b{font-weight:bold}.d{fill:#8b949e}${COLORS.map((color, index) => `.c${index}{fill:${color}}`).join("")}`;

/**
 * Moments of a terminal as an SVG that shows one after another, and the last one where there are no animations. Each moment is its
 * visible lines.
 */
export function terminalSvg(moments: readonly (readonly (readonly Piece[])[])[], columns: number): string {
  const rows = Math.max(...moments.map((lines) => lines.length));
  const width = Math.ceil(columns * CELL.width) + 2 * MARGIN;
  const height = rows * CELL.height + 2 * MARGIN;
  const total = moments.length * SHOWN;
  const frames = moments.map((lines, index) => {
    const isLast = index === moments.length - 1;
    return `<g class="m" style="${isLast ? "" : "opacity:0;"}animation-name:m${index}">\n${lines.map(lineSvg).join("")}</g>\n`;
  });
  const share = 100 / moments.length;
  const keys = moments.map((_, index) => {
    const [from, to] = [(index * share).toFixed(2), ((index + 1) * share).toFixed(2)];
    return `@keyframes m${index}{0%{opacity:0}${from}%{opacity:1}${to}%{opacity:0}100%{opacity:0}}`;
  });
  const motion = `.m{animation-duration:${total}s;animation-timing-function:step-end;animation-iteration-count:infinite}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" role="img" aria-label="slipway build in a terminal">
<style>${STYLE}
@media (prefers-reduced-motion:no-preference){${motion}${keys.join("")}}</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${frames.join("")}</svg>
`;
}

function lineSvg(pieces: readonly Piece[], row: number): string {
  const y = MARGIN + row * CELL.height + 13;
  let column = 0;
  const spans = pieces.flatMap((piece) => {
    const x = (MARGIN + column * CELL.width).toFixed(1);
    column += piece.text.length;
    const text = piece.text.trimEnd();
    if (text === "") return [];
    const classes = [
      piece.isBold ? "b" : "",
      piece.isDim ? "d" : "",
      piece.color >= 0 ? `c${piece.color % 8}` : "",
    ].filter((name) => name !== "");
    return [`<tspan x="${x}"${classes.length > 0 ? ` class="${classes.join(" ")}"` : ""}>${escaped(text)}</tspan>`];
  });
  return spans.length > 0 ? `<text y="${y}">${spans.join("")}</text>\n` : "";
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
