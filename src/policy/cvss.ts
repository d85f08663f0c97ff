/*
 * The base score of CVSS v3.0 and v3.1 (FIRST, "Common Vulnerability Scoring System v3.1: Specification Document", 7.1 and 7.4).
 */

const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
/** Privileges weigh more where the scope changes. */
const CHANGED_PRIVILEGES: Readonly<Record<string, number>> = { N: 0.85, L: 0.68, H: 0.5 };

/** 0 to 10; undefined: the vector is of another version, or not complete. */
export function cvssBaseScore(vector: string): number | undefined {
  if (!/^CVSS:3\.[01]\//.test(vector) || vector.length > 200) return undefined;
  const metrics = new Map(vector.split("/").map((part) => part.split(":", 2) as [string, string]));
  const isChanged = metrics.get("S") === "C";
  const weights = Object.entries(WEIGHTS).map(([metric, values]) => {
    const value = metrics.get(metric) ?? "";
    return metric === "PR" && isChanged ? CHANGED_PRIVILEGES[value] : values[value];
  });
  if (weights.includes(undefined) || !/^[UC]$/.test(metrics.get("S") ?? "")) return undefined;
  const [av, ac, pr, ui, c, i, a] = weights as [number, number, number, number, number, number, number];
  const base = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = isChanged ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  if (impact <= 0) return 0;
  const exploitability = 8.22 * av * ac * pr * ui;
  return roundUp(Math.min((isChanged ? 1.08 : 1) * (impact + exploitability), 10));
}

/** To one place, as the specification's appendix A does it: 4.000000002 is 4.0. */
function roundUp(value: number): number {
  const whole = Math.round(value * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
