import { spawnSync } from "node:child_process";
import { blocksOf } from "./page-blocks.js";

/** One command and its output, from a `console` block of a page. */
interface Step {
  readonly command: string;
  readonly expected: readonly string[];
  readonly heading: string;
}

/**
 * Runs the commands of a page (lines with `$ ` in `console` blocks) one after another, as if in one shell, and returns the first
 * whose output differs from the page; undefined if none does. In the output `…` stands for any text, and alone on a line for any lines.
 */
export function walkThrough(page: string, directory: string, env: NodeJS.ProcessEnv): string | undefined {
  let cwd = directory;
  for (const { command, expected, heading } of stepsOf(page)) {
    const shell = `${command}\ncode=$?\npwd >&3\nexit $code`;
    const run = spawnSync("sh", ["-c", `{ ${shell}\n} 2>&1`], {
      cwd,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    cwd = String(run.output[3]).trim() || cwd;
    const answer = run.stdout.replace(/\n$/, "");
    if (matches(expected, answer)) continue;
    return `${heading}\n$ ${command}\n${answer}\n--- the page says\n${expected.join("\n")}`;
  }
  return undefined;
}

function stepsOf(page: string): Step[] {
  const blocks = blocksOf(page).filter(({ language }) => language === "console");
  return blocks.flatMap(({ text, heading }) => {
    const parts = text.split(/^\$ /m).slice(1);
    return parts.map((part) => {
      const [command = "", ...expected] = part.replace(/\n$/, "").split("\n");
      return { command, expected, heading };
    });
  });
}

function matches(expected: readonly string[], answer: string): boolean {
  const pattern = expected.map((line, index) => {
    const end = index === expected.length - 1 ? "" : "\n";
    if (line === "…") return "[^]*";
    return line.split("…").map(escapeRegExp).join(".*") + end;
  });
  return new RegExp(`^${pattern.join("")}\n?$`).test(answer);
}

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
