import type { ApprovedList } from "../model/catalogue.js";
import { type Diagnostic, errorAt, type Source } from "../model/diagnostic.js";
import type { ManifestContent } from "../model/manifest.js";
import type { PackageSyntax } from "../model/package-syntax.js";
import type { Waivers } from "./exception-ledger.js";
import { approvePackages, type PackageApproval } from "./package-approval.js";

export interface ManifestInput {
  readonly content: ManifestContent;
  /** That of the package manifest: `at("/3/5")` is line 3, column 5. */
  readonly source: Source;
  readonly list: ApprovedList | undefined;
  readonly syntax: PackageSyntax;
  /** Those of the image. */
  readonly exceptions?: Waivers;
  /** Names that the image requests elsewhere (`runtime-packages`). */
  readonly taken?: readonly string[];
}

/**
 * Checks the requests of a package manifest against an approved list. An exact version must be approved; a range passes with its
 * package, and the version that is installed is checked against the approved ones in the built image.
 */
export function approveManifest({ content, source, ...rest }: ManifestInput): PackageApproval {
  const requested = content.requests.map(({ line, column, ...request }) => ({
    ...request,
    constraint: request.constraint ?? request.version ?? "",
    pointer: `/${line}/${column}`,
  }));
  const approval = approvePackages({ requested, source, ...rest });
  const problems = content.problems.map(({ line, column, message, hint }) =>
    errorAt(source.at(`/${line}/${column}`), "manifest-content", message, hint),
  );
  return { ...approval, diagnostics: [...problems, ...approval.diagnostics] };
}

/** The problem of a package manifest that cannot be read at all; `place` is where the image names it. */
export const unknownManifest = (place: ReturnType<Source["at"]>, message: string, hint: string): Diagnostic =>
  errorAt(place, "manifest-unknown", message, hint);

export const largeManifest = (place: ReturnType<Source["at"]>, file: string, most: number): Diagnostic =>
  errorAt(place, "manifest-too-large", `${file} has more than ${most} bytes`, "split the image, or shorten the file");
