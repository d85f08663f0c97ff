import { type Diagnostic, errorAt, type Place } from "../model/diagnostic.js";
import type { Finding } from "../model/vulnerability.js";

/** The diagnostic of a finding, at the line of a definition that brought the package; undefined: the policy lets it pass. */
export function vulnerable(finding: Finding, at: () => Place): Diagnostic | undefined {
  const { id, aliases, image, level, rating, summary, package: found, fixedIn } = finding;
  if (level === "ignore") return undefined;
  const from = found.broughtBy === image ? "" : ` (from ${found.broughtBy})`;
  const what = summary === "" ? "" : `: ${summary}`;
  const message = `${found.name} ${found.version} of ${image}${from} has ${id}, ${rating}${what}`;
  const [other] = aliases;
  const mend = fixedIn === undefined ? "no version fixes it yet" : `fixed in ${fixedIn}`;
  const accept = `to accept it for a time: rule \`vulnerability\`, \`advisory: ${id}\` in policies/exceptions.yaml`;
  const diagnostic = errorAt(at(), "vulnerability", message, `${mend}; ${accept}${other ? ` (${other})` : ""}`);
  return level === "enforce" ? diagnostic : { ...diagnostic, severity: "warning" };
}
