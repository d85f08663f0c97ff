import type { ManifestContent, ReadManifest } from "../../model/manifest.js";
import { quote } from "../../model/quote.js";
import { Findings } from "./problem.js";

const REQUIREMENT = /^("?)([A-Za-z0-9][A-Za-z0-9._~/-]*)\1[ \t]+(v[0-9][0-9A-Za-z.+-]*)$/;
/** Directives that do not say where modules come from (Go Modules Reference, "go.mod files"). */
const HARMLESS = /^(?:module|go|toolchain|godebug|tool|ignore|exclude|retract)\b/;
const HINT = "Slipway accepts `module`, `go`, `toolchain`, `require`, `exclude` and `retract`";

/**
 * Reads go.mod. Modules marked `// indirect` are requested like all others: only a comment tells them apart. Go itself checks the
 * lock file go.sum.
 */
export const readGoMod: ReadManifest = (text): ManifestContent => {
  const findings = new Findings();
  let block: string | undefined;
  for (const [index, raw] of text.split(/\r\n?|\n/).entries()) {
    const content = raw.replace(/\/\/.*$/, "").trim();
    const at = { line: index + 1, column: raw.search(/\S/) + 1 };
    if (content === "") continue;
    if (block !== undefined && content === ")") {
      block = undefined;
      continue;
    }
    const opened = /^([a-z]+)[ \t]*\($/.exec(content)?.[1];
    if (block === undefined && opened !== undefined) {
      block = opened;
      checkDirective(opened, at, findings);
      continue;
    }
    if ((block ?? content.split(/[ \t]/)[0]) === "require") {
      const requirement = REQUIREMENT.exec(block === undefined ? content.slice("require".length).trim() : content);
      if (requirement?.[2] === undefined || requirement[3] === undefined)
        findings.problem(
          at.line,
          at.column,
          `${quote(content)} is not a requirement`,
          "write `require example.org/module v1.2.3`",
        );
      else findings.requests.push({ name: requirement[2], version: requirement[3], ...at });
    } else if (block === undefined) checkDirective(content, at, findings);
  }
  if (block !== undefined) findings.problem(1, 1, `a block of ${quote(block)} is not closed`, HINT);
  return findings;
};

function checkDirective(content: string, at: { line: number; column: number }, findings: Findings): void {
  if (HARMLESS.test(content) || content === "require") return;
  const isReplace = /^replace\b/.test(content);
  const hint = isReplace ? "it takes a module from elsewhere than its name says, so approval would mean nothing" : HINT;
  findings.problem(at.line, at.column, `${quote(content)} is not accepted`, hint);
}
