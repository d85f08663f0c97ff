/** Nanoseconds of each unit (Go, time.ParseDuration, as far as Docker takes it). */
const UNITS: Readonly<Record<string, number>> = { h: 3_600e9, m: 60e9, s: 1e9, ms: 1e6 };

/** Nanoseconds of a text such as `1m30s` that its form has accepted. */
export function parseDuration(text: string): number {
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(h|ms|m|s)/g)) {
    total += Math.round(Number(amount) * (UNITS[unit as string] as number));
  }
  return total;
}

/** The shortest text for nanoseconds, as Docker's HEALTHCHECK takes it. */
export function durationText(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  const unit = (["h", "m", "s"] as const).find((name) => nanoseconds % (UNITS[name] as number) === 0) ?? "ms";
  return `${nanoseconds / (UNITS[unit] as number)}${unit}`;
}
