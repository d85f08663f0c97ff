import type { OfferQuestion } from "../model/update.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/**
 * `npm view` prints versions in the order of their publication, so npm's own semver sorts them. What is newer than the tag
 * `latest` is not for everybody yet, whatever its number.
 */
const SCRIPT = PROGRAM_TEXTS["npm-offers.cjs"];

export function npmOffers(questions: readonly OfferQuestion[]): readonly string[] {
  return ["node", "-e", SCRIPT, "--", JSON.stringify(questions)];
}
