/** Identifies a package of an approved list, whatever system or language the list is for. */
export const packageId = (kind: "system" | "runtime", name: string) =>
  `${kind[0]}:${name.toLowerCase().replace(/[-_.]+/g, "-")}`;
