import type { Cvss2, Cvss3P0, Cvss3P1, Cvss4P0 } from "ae-cvss-calculator";

type Calculator = typeof import("ae-cvss-calculator");

let calculator: Calculator | undefined;

/**
 * Has to be called before vulnerabilities are rated. The calculator takes longer to load than a short command takes to run, so
 * only commands that read advisories load it.
 */
export async function loadCvss(): Promise<void> {
  calculator = (await import("ae-cvss-calculator")).default;
}

/** Characters. No vector is longer; keeps hostile text from costing time. */
const MAX_LENGTH = 400;

/** The versions of CVSS, newest first, by how their vectors begin; version 2 has no prefix and a fixed order of metrics. */
const VERSIONS: readonly (readonly [prefix: string, read: (from: Calculator, vector: string) => number | undefined])[] =
  [
    // What is known about exploits is no part of a base score, but part of `base` in version 4.0.
    ["CVSS:4.0/", (from, vector) => baseScore(new from.Cvss4P0(vector), ({ baseMetricsOnly }) => baseMetricsOnly)],
    ["CVSS:3.1/", (from, vector) => baseScore(new from.Cvss3P1(vector), ({ base }) => base)],
    ["CVSS:3.0/", (from, vector) => baseScore(new from.Cvss3P0(vector), ({ base }) => base)],
    ["AV:", (from, vector) => baseScore(new from.Cvss2(vector), ({ base }) => base)],
  ];

/**
 * The base scores (0 to 10) of vectors of the newest version that can be read; none: no vector can be read. The vectors of one
 * advisory say the same in several versions, so an older one adds nothing.
 */
export function newestBaseScores(vectors: readonly string[]): readonly number[] {
  if (vectors.length === 0) return [];
  const from = calculator;
  if (from === undefined) throw new Error("loadCvss() has not been called");
  for (const [prefix, read] of VERSIONS) {
    const same = vectors.filter((vector) => vector.startsWith(prefix) && vector.length <= MAX_LENGTH);
    const scores = same.flatMap((vector) => readable(() => read(from, vector)) ?? []);
    if (scores.length > 0) return scores;
  }
  return [];
}

type Vector = Cvss2 | Cvss3P0 | Cvss3P1 | Cvss4P0;

function baseScore<V extends Vector>(
  vector: V,
  pick: (scores: ReturnType<V["calculateScores"]>) => number | undefined,
): number | undefined {
  if (!vector.isBaseFullyDefined()) return undefined;
  return pick(vector.calculateScores() as ReturnType<V["calculateScores"]>);
}

/** undefined where the calculator throws, as it does for metrics and values that it does not know. */
function readable(read: () => number | undefined): number | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
