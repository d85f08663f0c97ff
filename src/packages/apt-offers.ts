import type { OfferQuestion } from "../model/update.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/**
 * `apt-cache policy` prints a package's versions from the newest to the oldest, each with its priority. Below 500 apt installs
 * nothing by itself (apt_preferences(5)): experimental, backports, installed versions that are no longer offered.
 * The questions are one line a package: its name, then the versions of the catalogue.
 */
const SCRIPT = PROGRAM_TEXTS["apt-offers.sh"];

export function aptOffers(questions: readonly OfferQuestion[]): readonly string[] {
  return ["/bin/sh", "-c", SCRIPT, "sh", questions.map(({ name, current }) => [name, ...current].join(" ")).join("\n")];
}
