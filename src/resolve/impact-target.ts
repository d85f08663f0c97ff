import type { Catalogue, ExternalBase } from "../model/catalogue.js";
import type { ImageName } from "../model/names.js";
import { parseRange, type VersionRange } from "./version-range.js";

/** The subject of `slipway impact`. */
export type ImpactTarget =
  | { readonly type: "package"; readonly name: string; readonly range: VersionRange | undefined }
  | { readonly type: "advisory"; readonly id: string }
  | { readonly type: "image"; readonly image: ImageName }
  | { readonly type: "base"; readonly base: ExternalBase };

/** Databases name advisories in capitals with a number: CVE-2026-1, DSA-5000-1. GitHub's names may lack the number. */
const ADVISORY = /^(?:GHSA(?:-[a-z0-9]{4}){3}|[A-Z][A-Z0-9]+-(?=.*[0-9])[A-Za-z0-9:._-]+)$/;
const PACKAGE = "package:";

/**
 * Reads an image of the catalogue, a base that it lists, an advisory, or else `PACKAGE` or `PACKAGE@RANGE`, in this order; with
 * the prefix `package:` always the last. undefined: the range is not valid.
 */
export function parseTarget(text: string, { images, bases }: Catalogue): ImpactTarget | undefined {
  if (!text.startsWith(PACKAGE)) {
    if (images.has(text as ImageName)) return { type: "image", image: text as ImageName };
    const base = bases.get(text);
    if (base) return { type: "base", base };
    if (ADVISORY.test(text)) return { type: "advisory", id: text };
  }
  const target = text.startsWith(PACKAGE) ? text.slice(PACKAGE.length) : text;
  // A leading `@` belongs to an npm scope.
  const at = target.indexOf("@", 1);
  if (at < 0) return target === "" ? undefined : { type: "package", name: target, range: undefined };
  const range = parseRange(target.slice(at + 1));
  return range && { type: "package", name: target.slice(0, at), range };
}
