import type { DiagnosticCode } from "../model/diagnostic-codes.js";
import type { Exception } from "../model/exceptions.js";
import type { ImageName } from "../model/names.js";

/** One image's exceptions that hold today. */
export interface Waivers {
  /**
   * Whether an exception waives a rule. For a rule about packages `isMeant` says whether a name that an exception gives is the
   * package's, as its manager compares names.
   */
  waives(rule: DiagnosticCode, isMeant?: (packageName: string) => boolean): boolean;
}

export const NO_EXCEPTIONS: Waivers = { waives: () => false };

/** The exceptions that hold on a day, and those of them that waived something. */
export class ExceptionLedger {
  readonly #used = new Set<Exception>();
  readonly #byImage = new Map<ImageName, Exception[]>();

  /** `today`: `YYYY-MM-DD` (UTC). An exception still holds on its last day. */
  constructor(exceptions: readonly Exception[], today: string) {
    for (const exception of exceptions.filter(({ expires }) => expires >= today)) {
      const others = this.#byImage.get(exception.image);
      if (others) others.push(exception);
      else this.#byImage.set(exception.image, [exception]);
    }
  }

  of(image: ImageName): Waivers {
    const exceptions = this.#byImage.get(image);
    if (exceptions === undefined) return NO_EXCEPTIONS;
    return {
      waives: (rule, isMeant = () => true) => {
        // All of them count as used: which one let it pass cannot be told.
        const waiving = exceptions.filter(
          (exception) => exception.rule === rule && (exception.package === undefined || isMeant(exception.package)),
        );
        for (const exception of waiving) this.#used.add(exception);
        return waiving.length > 0;
      },
    };
  }

  get used(): ReadonlySet<Exception> {
    return this.#used;
  }
}
