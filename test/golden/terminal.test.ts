import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { Emulator, type Piece, Pty } from "../support/pty.js";
import { SCENE_MARK } from "../support/scene-mark.js";
import { assert, suite } from "../support/suite.js";
import { terminalSvg } from "../support/terminal-svg.js";

/** A build as people see it: in terminals of two widths, without one, and as the picture in the README. */
const test = suite("golden/terminal");
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SCENE = fileURLToPath(new URL("../support/terminal-scene.js", import.meta.url));
const env = { PATH: process.env.PATH ?? "", TERM: "xterm-256color" };

function assertGolden(file: string, text: string): void {
  const path = `${ROOT}${file}`;
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, text);
  const isCurrent = existsSync(path) && readFileSync(path, "utf8") === text;
  assert.ok(isCurrent, `${file} is stale; npm run golden writes it`);
}

/** What can be seen at each moment of the scene. */
async function moments(kind: string, columns: number): Promise<{ text: string; lines: Piece[][] }[]> {
  const pty = new Pty([process.execPath, SCENE, kind], { columns, rows: 40, cwd: tmpdir(), env });
  assert.is(await pty.ended, 0, pty.screen);
  assert.ok(pty.hasCursor, "the cursor is shown again");
  const emulator = new Emulator(columns, 40);
  const seen = [];
  for (const part of pty.raw.split(SCENE_MARK).slice(0, -1)) {
    await emulator.write(part);
    seen.push({ text: emulator.text(), lines: emulator.lines() });
  }
  return seen;
}

for (const columns of [80, 120]) {
  test(`a terminal of ${columns} columns`, async () => {
    const seen = await moments("failing", columns);
    const rule = "─".repeat(columns);
    assertGolden(
      `test/golden/terminal-${columns}.txt`,
      `${rule}\n${seen.map(({ text }) => `${text}${rule}\n`).join("")}`,
    );
    const last = seen.at(-1)?.text ?? "";
    for (const row of [
      "error-pages 1.0   ",
      "debian-base 12.1  ",
      "python3-web failed",
      "the answer is 500",
      "found 500",
    ])
      assert.is(
        last.split(row).length,
        row.endsWith(" ") ? 3 : 2,
        `${row} stands there once, or once in plan and rows`,
      );
  });
}

test("no terminal", () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [SCENE, "failing"], { env, encoding: "utf8" });
  assert.is(status, 0, stderr);
  assertGolden("test/golden/terminal-none.txt", `${stdout}${"─".repeat(40)} standard error\n${stderr}`);
  assert.not.match(`${stdout}${stderr}`, "\u001b");
});

test("the picture", async () => {
  const seen = await moments("working", 80);
  const shown = seen.map(({ lines }) => {
    const last = lines.findLastIndex((pieces) => pieces.some(({ text }) => text.trim() !== ""));
    return lines.slice(0, last + 1);
  });
  assertGolden("docs/terminal.svg", terminalSvg(shown, 80));
});

test.run();
