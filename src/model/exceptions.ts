import type { Source } from "./diagnostic.js";
import type { WaivableRule } from "./diagnostic-codes.js";
import type { ImageName } from "./names.js";

/** `policies/exceptions.yaml`: a rule that does not hold for an image, for a time. */
export interface Exception {
  /** Code of the diagnostic that is waived. */
  readonly rule: WaivableRule;
  readonly image: ImageName;
  /** Only if the rule is about packages; left out: any package. */
  readonly package?: string;
  /** Only for the rule `vulnerability`, and required there: any name of the accepted vulnerability. */
  readonly advisory?: string;
  /** Who answers for it: `@login` or `@organisation/team`. */
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD` (UTC). */
  readonly expires: string;
  readonly source: Source;
  readonly pointer: string;
}
