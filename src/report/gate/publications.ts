import type { Publication } from "../../model/gate.js";
import { printable } from "../printable.js";

/** One line for each pull request: what was done, and what was not. */
export function publicationsText(publications: readonly Publication[]): string {
  if (publications.length === 0) return "No open pull request has this head: nothing to publish.\n";
  return publications
    .map(({ pull, done, failures }) => {
      const parts = [...done, ...failures.map((failure) => `NOT DONE: ${printable(failure)}`)];
      return `pull request ${pull}: ${parts.join(" · ")}\n`;
    })
    .join("");
}
