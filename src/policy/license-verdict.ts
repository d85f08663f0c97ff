import type { LicensePolicy } from "../model/policies.js";
import { wildcardMatches } from "../model/wildcard.js";
import { canonicalId, type License } from "./license-expression.js";

/**
 * A policy's verdict on a licence. `unlisted`: it is on neither list, and there is a list of what is allowed; `unknown`: the licence
 * is not known. `because` is the part that decides.
 */
export interface LicenseVerdict {
  readonly type: "denied" | "unlisted" | "unknown" | "allowed";
  readonly because: string;
  /** What unknown words may mean. A guess may deny but never allows. */
  readonly guess?: string;
}

/** From certainly denied to certainly allowed. Of two licences that both apply the earlier verdict decides, of a choice the later. */
const ORDER: readonly LicenseVerdict["type"][] = ["denied", "unlisted", "unknown", "allowed"];

type Lists = Pick<LicensePolicy, "allow" | "deny">;

export function judgeLicense(license: License, policy: Lists): LicenseVerdict {
  if (license.type === "unknown") return judgeUnknown(license, policy);
  if (license.type === "license") return judgeOne(license, policy);
  const verdicts = license.parts.map((part) => judgeLicense(part, policy));
  const sign = license.type === "and" ? 1 : -1;
  const rank = ({ type }: LicenseVerdict) => sign * ORDER.indexOf(type);
  return verdicts.reduce((best, other) => (rank(other) < rank(best) ? other : best));
}

function judgeUnknown({ words, guess }: Extract<License, { type: "unknown" }>, policy: Lists): LicenseVerdict {
  if (guess === undefined) return { type: "unknown", because: words };
  const { type } = judgeOne({ type: "license", id: guess }, policy);
  return { type: type === "allowed" ? "unknown" : type, because: words, guess };
}

function judgeOne({ id, exception }: Extract<License, { type: "license" }>, { allow, deny }: Lists): LicenseVerdict {
  const full = exception === undefined ? undefined : `${id} WITH ${exception}`;
  const because = full ?? id;
  // A policy that names a licence with its exception means exactly that, whatever it says about the licence alone.
  if (full !== undefined && deny.some((pattern) => isPair(pattern) && matches(pattern, full)))
    return { type: "denied", because };
  if (full !== undefined && allow.some((pattern) => isPair(pattern) && matches(pattern, full)))
    return { type: "allowed", because };
  const isOn = (list: readonly string[], ids: readonly string[]) =>
    list.some((pattern) => !isPair(pattern) && ids.some((each) => matches(pattern, each)));
  const plain = id.replace(/\+$/, "");
  if (isOn(deny, [id, plain])) return { type: "denied", because };
  // `or later` is a choice that includes the version itself.
  if (allow.length === 0 || isOn(allow, [id, plain, id.replace(/-or-later$/, "-only")]))
    return { type: "allowed", because };
  return { type: "unlisted", because };
}

const isPair = (pattern: string) => pattern.includes(" WITH ");

/** Identifiers mean the same in capitals and small letters (SPDX 2.3, annex D.2). */
function matches(pattern: string, text: string): boolean {
  const meant = isPair(pattern) ? pattern : canonicalId(pattern.replace(/(.)\+$/, "$1"), /.\+$/.test(pattern));
  return wildcardMatches(meant.toLowerCase(), text.toLowerCase());
}
