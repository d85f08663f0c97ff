export interface Needing {
  readonly name: string;
  /** The definition requests it, so nothing has to need it. */
  readonly isRequested: boolean;
  /** Names that it depends on. */
  readonly needs: readonly string[];
  /** Names that it depends on with its extras; they count for packages that nothing else needs. */
  readonly mayNeed?: readonly string[];
}

/**
 * By name, which of these packages need it, sorted; none for a requested package. A package that none seems to need is there because
 * of all requested ones (an installed package may be in between), unless `otherwise` says that it is there by itself.
 */
export function needersOf(
  packages: readonly Needing[],
  otherwise: "requested" | "nobody" = "requested",
): ReadonlyMap<string, readonly string[]> {
  const requested = new Set(packages.filter((entry) => entry.isRequested).map(({ name }) => name));
  const sure = invert(packages, ({ needs }) => needs);
  const possible = invert(packages, ({ mayNeed = [] }) => mayNeed);
  return new Map(
    packages.map(({ name }) => {
      if (requested.has(name)) return [name, []];
      const needers = sure.get(name) ?? possible.get(name) ?? (otherwise === "requested" ? requested : []);
      return [name, [...needers].sort()];
    }),
  );
}

function invert(packages: readonly Needing[], needs: (entry: Needing) => readonly string[]): Map<string, Set<string>> {
  const needers = new Map<string, Set<string>>();
  for (const entry of packages)
    for (const name of needs(entry))
      if (name !== entry.name) needers.set(name, (needers.get(name) ?? new Set()).add(entry.name));
  return needers;
}
