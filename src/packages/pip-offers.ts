import type { OfferQuestion } from "../model/update.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/**
 * `pip index versions` prints what the machine's indexes have for this Python, from the newest to the oldest and without
 * prereleases. It counts releases that were withdrawn (PEP 592), hence the filter. pip says "no matching distribution"
 * for an index that it cannot read, too; only its log (-vv) tells the one from the other, by the reason for each page.
 */
const SCRIPT = PROGRAM_TEXTS["pip-offers.py"];

export function pipOffers(questions: readonly OfferQuestion[]): readonly string[] {
  return ["python3", "-c", SCRIPT, JSON.stringify(questions)];
}
