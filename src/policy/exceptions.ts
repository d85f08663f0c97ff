import type { Catalogue } from "../model/catalogue.js";
import type { Diagnostic } from "../model/diagnostic.js";
import { errorAt } from "../model/diagnostic.js";
import { codeFacts, isAboutPackages } from "../model/diagnostic-codes.js";
import type { Exception } from "../model/exceptions.js";
import type { ImageName } from "../model/names.js";
import { nearest } from "../model/nearest.js";
import { holdsFor } from "../model/policies.js";
import type { Waivers } from "./exception-ledger.js";

/** How many days before an exception ends a warning says so. */
export const NOTICE_DAYS = 14;

/**
 * The diagnostics of one image that no exception waives. Exceptions about packages are left to approve(), because a waived
 * package must come through to the recipe, and to the check of contents.
 */
export const applyExceptions = (diagnostics: readonly Diagnostic[], exceptions: Waivers): readonly Diagnostic[] =>
  diagnostics.filter(({ code }) => isAboutPackages(code) || !exceptions.waives(code));

export interface ExceptionCheck {
  readonly catalogue: Catalogue;
  readonly today: string;
  /** Images that were checked against the rules; whether any other needs its exceptions is not known. */
  readonly checked: ReadonlySet<ImageName>;
  readonly used: ReadonlySet<Exception>;
  /** Images whose contents slipway.lock knows. */
  readonly locked: ReadonlySet<ImageName>;
}

/** Whether an image's definition, with its entry in the lockfile if there is one, is enough to tell that it needs no exception. */
function isJudged({ rule, image }: Exception, { catalogue, checked, locked }: ExceptionCheck): boolean {
  const knownFrom = codeFacts(rule).waiver?.knownFrom;
  if (!checked.has(image) || knownFrom === "image") return false;
  if (locked.has(image) || knownFrom === "contents") return locked.has(image);
  const { packages } = catalogue.policies ?? {};
  if (packages === undefined || knownFrom !== "closure" || !holdsFor(packages, image)) return true;
  return packages.approval.system === "direct" && packages.approval.runtime === "direct";
}

/** Problems of the exceptions themselves. Only an audit knows which exceptions from `vulnerability` are used. */
export function exceptionProblems(check: ExceptionCheck): Diagnostic[] {
  const { catalogue, today, used } = check;
  return catalogue.exceptions.flatMap((exception) => {
    const isKnown = catalogue.images.has(exception.image) || catalogue.rejected?.has(exception.image);
    const problems = isKnown ? [] : [unknownImage(exception, catalogue)];
    if (exception.expires < today) return [...problems, expired(exception)];
    if (!used.has(exception) && isJudged(exception, check)) return [unusedException(exception)];
    if (isKnown && daysBetween(today, exception.expires) <= NOTICE_DAYS) return [expiresSoon(exception)];
    return problems;
  });
}

/** A warning: an exception must be in the branch before the image that needs it can be, and until then it waives nothing. */
function unknownImage({ image, source, pointer }: Exception, { images }: Catalogue): Diagnostic {
  const near = nearest(image, images.keys());
  const hint = near ? `did you mean \`${near}\`?` : "remove the exception with its image, or add the image next";
  const place = source.at(`${pointer}/image`);
  const problem = errorAt(place, "exception-unknown-image", `no image is named ${JSON.stringify(image)}`, hint);
  return { ...problem, severity: "warning" };
}

function expired({ expires, image, owner, rule, source, pointer }: Exception): Diagnostic {
  const message = `the exception of ${image} from ${rule} held until ${expires}`;
  const place = source.at(`${pointer}/expires`);
  return errorAt(place, "exception-expired", message, `renew it or remove it; ${owner} answers for it`);
}

function expiresSoon({ expires, image, owner, rule, source, pointer }: Exception): Diagnostic {
  const message = `the exception of ${image} from ${rule} holds until ${expires} only`;
  const hint = `renew it or make the image do without it; ${owner} answers for it`;
  return {
    ...errorAt(source.at(`${pointer}/expires`), "exception-expires-soon", message, hint),
    severity: "warning",
  };
}

export function unusedException(exception: Exception): Diagnostic {
  const { image, rule, advisory, source, pointer } = exception;
  const what = [advisory && ` by ${advisory}`, exception.package && ` for ${exception.package}`].join("");
  return {
    ...errorAt(
      source.at(pointer),
      "exception-unused",
      `${image} does not break ${rule}${what}`,
      "remove the exception",
    ),
    severity: "warning",
  };
}

/** Both are days of the form `YYYY-MM-DD`. */
const daysBetween = (from: string, to: string) =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
