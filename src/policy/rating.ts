import { RATINGS, type Rating, type StatedSeverity } from "../model/vulnerability.js";
import { newestBaseScores } from "./cvss.js";

/** The words of databases and distributions, as ratings. */
const WORDS: Readonly<Record<string, Rating>> = {
  critical: "critical",
  high: "high",
  important: "high",
  medium: "medium",
  moderate: "medium",
  low: "low",
  minor: "low",
  negligible: "low",
  unimportant: "low",
};

/**
 * The worst of what advisories say: by their vectors where any can be read, of each advisory those of the newest version of
 * CVSS; else by their words. loadCvss() must have been called.
 */
export function rate(stated: readonly StatedSeverity[]): Rating | "unknown" {
  const scored = stated.flatMap(({ vectors }) => newestBaseScores(vectors));
  if (scored.length > 0) return ofScore(Math.max(...scored));
  const worded = stated.flatMap(({ words }) => words.flatMap((word) => WORDS[word.toLowerCase()] ?? []));
  return worst(worded) ?? "unknown";
}

const worst = (ratings: readonly Rating[]) => RATINGS.findLast((rating) => ratings.includes(rating));

/** The qualitative scale of CVSS; a score of 0 does not drop a finding. */
function ofScore(score: number): Rating {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  return score >= 4 ? "medium" : "low";
}

/** Whether a rating is at least another one. */
export const reaches = (rating: Rating, least: Rating) => RATINGS.indexOf(rating) >= RATINGS.indexOf(least);
