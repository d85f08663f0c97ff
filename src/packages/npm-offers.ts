import type { OfferQuestion } from "../model/update.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/**
 * `npm view` prints versions in the order of their publication, so npm's own semver sorts them. A version newer than the tag
 * `latest` is not released for everybody yet.
 */
const SCRIPT = PROGRAM_TEXTS["npm-offers.cjs"];

export function npmOffers(questions: readonly OfferQuestion[]): readonly string[] {
  return ["node", "-e", SCRIPT, "--", JSON.stringify(questions)];
}
