import { shellQuote } from "../model/shell-quote.js";

/** The files that `slipway init` wrote, and what to do next. `directory` is relative to the current one; empty: the same. */
export function initText(files: readonly string[], directory: string): string {
  const enter = directory === "" ? [] : [`  cd ${shellQuote(directory)}`];
  const owners = files.includes(".github/CODEOWNERS")
    ? "  slipway gate --codeowners > .github/CODEOWNERS"
    : "  slipway gate --codeowners --check    how to write CODEOWNERS";
  return [...files, "", "Next:", ...enter, `  ${ROLES}`, owners, ...NEXT, ""].join("\n");
}

const ROLES = "put your teams or users into policies/roles.yaml, then:";

const NEXT = [
  "  slipway validate    every problem of the catalogue",
  "  slipway plan        what a build would do",
  "  slipway build       build, test and publish",
];
