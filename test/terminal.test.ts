import { PLAIN } from "../src/report/palette.js";
import { canRewrite, colorIn, paletteOf } from "../src/terminal.js";
import { assert, suite } from "./support/suite.js";

const test = suite("terminal");
const TTY = { isTTY: true } as const;
const PIPE = { isTTY: false };

const isColored = (...[stream, env, when]: Parameters<typeof paletteOf>) => paletteOf(stream, env, when) !== PLAIN;

for (const [what, stream, env, when, expected] of [
  ["a terminal", TTY, {}, "auto", true],
  ["a pipe", PIPE, {}, "auto", false],
  ["a terminal that can do nothing", TTY, { TERM: "dumb" }, "auto", false],
  ["NO_COLOR", TTY, { NO_COLOR: "1" }, "auto", false],
  ["an empty NO_COLOR says nothing", TTY, { NO_COLOR: "" }, "auto", true],
  ["FORCE_COLOR", PIPE, { FORCE_COLOR: "1" }, "auto", true],
  ["FORCE_COLOR comes before NO_COLOR", PIPE, { FORCE_COLOR: "", NO_COLOR: "1" }, "auto", true],
  ["FORCE_COLOR=0", TTY, { FORCE_COLOR: "0" }, "auto", false],
  ["--color always", PIPE, { NO_COLOR: "1", TERM: "dumb" }, "always", true],
  ["--color never", TTY, { FORCE_COLOR: "1" }, "never", false],
] as const) {
  test(`colour: ${what}: ${expected}`, () => assert.is(isColored(stream, env, when), expected));
}

for (const [what, stream, env, expected] of [
  ["a known program", TTY, { TERM_PROGRAM: "vscode" }, true],
  ["an unknown one", TTY, { TERM_PROGRAM: "Apple_Terminal" }, false],
  ["kitty", TTY, { TERM: "xterm-kitty" }, true],
  ["GNOME's terminals", TTY, { VTE_VERSION: "7006" }, true],
  ["old ones", TTY, { VTE_VERSION: "4205" }, false],
  ["within tmux", TTY, { TERM: "tmux-256color", VTE_VERSION: "7006" }, false],
  ["forced", TTY, { FORCE_HYPERLINK: "1" }, true],
  ["never in a pipe", PIPE, { FORCE_HYPERLINK: "1", FORCE_COLOR: "1" }, false],
] as const) {
  test(`links: ${what}: ${expected}`, () => assert.is(paletteOf(stream, env).link("a", "/a") !== "a", expected));
}

test("lines are rewritten on terminals only, and only where they can", () => {
  assert.equal([canRewrite(TTY, {}), canRewrite(PIPE, {}), canRewrite(TTY, { TERM: "dumb" })], [true, false, false]);
});

test("--color is found in a command line with mistakes; whatever it cannot be is `auto`", () => {
  const found = [["--color", "never"], ["x", "--color=always", "--y"], ["--color"], ["--color=sometimes"], []];
  assert.equal(found.map(colorIn), ["never", "always", "auto", "auto", "auto"]);
});

test.run();
