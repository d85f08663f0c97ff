import { type License, readLicense } from "./license-expression.js";

/** The SPDX expression of a package's stated licence; undefined: some of its words are no known licence. */
export function spdxText(words: string): string | undefined {
  return textOf(readLicense(words));
}

function textOf(license: License): string | undefined {
  if (license.type === "unknown") return undefined;
  if (license.type === "license") {
    return license.exception === undefined ? license.id : `${license.id} WITH ${license.exception}`;
  }
  const parts = license.parts.map((part) => {
    const text = textOf(part);
    // The parser makes pairs of what is one list.
    const isOther = (part.type === "and" || part.type === "or") && part.type !== license.type;
    return text !== undefined && isOther ? `(${text})` : text;
  });
  return parts.includes(undefined) ? undefined : parts.join(license.type === "and" ? " AND " : " OR ");
}
