import { createPalette, type Palette } from "./report/palette.js";

/** When there is colour: `auto` decides by the environment and the stream. */
export type ColorWhen = "auto" | "always" | "never";

/** What of a stream of this process decides how it is written to. */
type Stream = Pick<NodeJS.WriteStream, "isTTY">;

/** The palette of one stream. `auto`: FORCE_COLOR, then NO_COLOR (no-color.org), then whether the stream is a terminal that can. */
export function paletteOf(stream: Stream, env: NodeJS.ProcessEnv, when: ColorWhen = "auto"): Palette {
  const colors = when === "auto" ? hasColors(stream, env) : when === "always";
  return createPalette({ colors, links: canRewrite(stream, env) && knowsLinks(env) });
}

/** Whether lines that were written can be replaced. */
export const canRewrite = ({ isTTY }: Stream, { TERM }: NodeJS.ProcessEnv) => isTTY === true && TERM !== "dumb";

function hasColors(stream: Stream, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none } = env;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return (none === undefined || none === "") && canRewrite(stream, env);
}

const LINKING_PROGRAMS = /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|mintty|Tabby|rio)$/;
const LINKING_TERMINALS = /kitty|alacritty|foot|ghostty|wezterm/;

/** Terminals that show OSC 8 as a link, by the variables that they set; the others would ignore it at best. */
function knowsLinks(env: NodeJS.ProcessEnv): boolean {
  const { TERM = "", TERM_PROGRAM = "", VTE_VERSION, KONSOLE_VERSION, WT_SESSION, FORCE_HYPERLINK } = env;
  if (FORCE_HYPERLINK !== undefined) return FORCE_HYPERLINK !== "0";
  // Multiplexers pass on the variables of the terminal around them, and not its links.
  if (/^(?:screen|tmux)/.test(TERM)) return false;
  return (
    LINKING_PROGRAMS.test(TERM_PROGRAM) ||
    LINKING_TERMINALS.test(TERM) ||
    Number(VTE_VERSION) >= 5000 ||
    KONSOLE_VERSION !== undefined ||
    WT_SESSION !== undefined
  );
}

/** The value of `--color` in a command line that may have mistakes: errors have colours, too. */
export function colorIn(words: readonly string[]): ColorWhen {
  const last = words.findLastIndex((word) => /^--color(?:=|$)/.test(word));
  const value = last < 0 ? undefined : words[last]?.slice("--color=".length) || words[last + 1];
  return value === "always" || value === "never" ? value : "auto";
}
