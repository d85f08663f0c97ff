import type { PackageSyntax } from "../model/package-syntax.js";
import type { Offer, OfferQuestion, Offers, RankedVersion } from "../model/update.js";

/** Characters of a manager's message that are kept. */
const MAX_PROBLEM = 300;

/**
 * Reads the output of a manager's `offers`: lines `offered|current <tab> name <tab> version <tab> versions it is newer than`, and
 * `problem <tab> name <tab> text`. Versions come from the network, so those that break the manager's own rules are ignored.
 */
export function readOffers(stdout: string, questions: readonly OfferQuestion[], syntax: PackageSyntax): Offers {
  const offers = new Map(questions.map(({ name }) => [name, new Answer()]));
  for (const line of stdout.split("\n")) {
    const [kind, name = "", text = "", newerThan = ""] = line.split("\t");
    const answer = offers.get(name);
    if (answer === undefined) continue;
    if (kind === "problem") answer.problem = text.slice(0, MAX_PROBLEM);
    if (kind !== "offered" && kind !== "current") continue;
    if (!syntax.versionPattern.test(text) || text.includes("*")) continue;
    // Several sources may offer the same version.
    if (answer[kind].every(({ version }) => version !== text))
      answer[kind].push({ version: text, newerThan: newerThan.split(" ").filter((version) => version !== "") });
  }
  return offers;
}

class Answer implements Offer {
  readonly offered: RankedVersion[] = [];
  readonly current: RankedVersion[] = [];
  problem?: string;
}
