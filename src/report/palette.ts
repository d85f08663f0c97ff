import { styleText } from "node:util";

type Style = (text: string) => string;

/**
 * How text looks, by what it means. Foreign text is made printable (printable.ts) before it is styled, because styles are escape
 * sequences. Empty text stays empty.
 */
export interface Palette {
  readonly success: Style;
  readonly failure: Style;
  readonly warning: Style;
  /** What can be passed over: hints, frames, what did not change. */
  readonly faint: Style;
  readonly strong: Style;
  /** The name of an image. */
  readonly image: Style;
  /** Text that opens a file in terminals that know links; `path` is absolute. */
  readonly link: (text: string, path: string) => string;
}

const same: Style = (text) => text;

/** Text as it is. */
export const PLAIN: Palette = {
  success: same,
  failure: same,
  warning: same,
  faint: same,
  strong: same,
  image: same,
  link: same,
};

/** `links`: whether the terminal knows hyperlinks. */
export function createPalette({ colors, links }: { readonly colors: boolean; readonly links: boolean }): Palette {
  if (!colors) return PLAIN;
  return {
    success: styled("green"),
    failure: styled("red"),
    warning: styled("yellow"),
    faint: styled("dim"),
    strong: styled("bold"),
    image: styled("cyan"),
    link: links ? hyperlink : same,
  };
}

type Format = Parameters<typeof styleText>[0];

/** Whether there are colours has been decided, so styleText does not look at a stream itself. */
function styled(format: Format): Style {
  return (text) => (text === "" ? "" : styleText(format, text, { validateStream: false }));
}

/** OSC 8 (gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda). */
function hyperlink(text: string, path: string): string {
  const address = `file://${path.split("/").map(encodeURIComponent).join("/")}`;
  return `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`;
}
