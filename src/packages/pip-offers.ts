import type { OfferQuestion } from "../model/update.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/**
 * `pip index versions` prints the versions in the machine's indexes for this Python, from the newest to the oldest, without
 * prereleases. It includes yanked releases (PEP 592), which are filtered out. pip also reports "no matching distribution" for an
 * index that it cannot read; only its log (-vv) tells the two apart, by the reason for each page.
 */
const SCRIPT = PROGRAM_TEXTS["pip-offers.py"];

export function pipOffers(questions: readonly OfferQuestion[]): readonly string[] {
  return ["python3", "-c", SCRIPT, JSON.stringify(questions)];
}
