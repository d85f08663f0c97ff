import { errorAt } from "../model/diagnostic.js";
import type { AddedPackage } from "../model/inventory.js";
import { versionMatches } from "../model/package-syntax.js";
import { holdsFor, type LicensePolicy } from "../model/policies.js";
import type { ContentsContext, ContentsProblem, ContentsRule } from "./contents-rule.js";
import { type License, readLicense } from "./license-expression.js";
import { judgeLicense, type LicenseVerdict } from "./license-verdict.js";
import { atLevel, yamlText } from "./package-rules.js";
import { approvedEntry, howItCame, isMeant, packagePlace, scopeOf, stageOf, syntaxOf } from "./packages-of.js";

/** The stated licence of a package, and who states it. */
interface Said {
  readonly text: string;
  readonly by: string;
}

/** Checks the licences of everything that an image adds. Build stages are not distributed; what is copied out of them is checked in the image. */
export const licenses: ContentsRule = (context) => {
  const { catalogue, node, added, when } = context;
  const policy = catalogue.policies?.licenses;
  if (policy === undefined || stageOf(context).name !== undefined || !holdsFor(policy, node.name)) return [];
  return added.flatMap((found): readonly ContentsProblem[] => {
    const stated = licenseOf(found, context, policy);
    // A licence that is not stated yet may be stated by the package itself once it is installed.
    if (stated === undefined) return when === "request" || when === "closure" ? [] : unknown(found, context, policy);
    const verdict = verdictOf(stated.text, policy);
    if (verdict.type === "allowed") return [];
    if (verdict.type === "unknown") return unknown(found, context, policy, { stated, verdict });
    const code = verdict.type === "denied" ? "license-denied" : "license-not-allowed";
    const rule = code === "license-denied" ? "which is on the deny list" : "which is not on the allow list";
    const whole = stated.text === verdict.because ? "" : ` (${stated.by} says ${JSON.stringify(stated.text)})`;
    const guess = verdict.guess === undefined ? "" : `, probably ${verdict.guess}`;
    const message = `the licence of ${titleOf(found)} is ${verdict.because}${guess}${whole}, ${rule} of ${policy.source.file}${howItCame(found)}`;
    const hint = `do without it, or an administrator changes the list or grants an exception (rule: ${code}, package: ${found.name})`;
    return [problem(found, atLevel(errorAt(packagePlace(found, context), code, message, hint), policy))];
  });
};

const problem = (found: AddedPackage, diagnostic: ContentsProblem["diagnostic"]): ContentsProblem => ({
  diagnostic,
  package: found.name,
});

const titleOf = ({ name, version }: AddedPackage) => (version === "" ? name : `${name} ${version}`);

/** What the approved list states, else what is declared, else what the package states. */
function licenseOf(found: AddedPackage, context: ContentsContext, policy: LicensePolicy): Said | undefined {
  const approved = approvedEntry(found, context);
  if (approved?.license !== undefined) return { text: approved.license, by: approved.source.file };
  const syntax = syntaxOf(found, context);
  const declared = policy.declared.find(
    (entry) =>
      isMeant(entry, found, context) &&
      (entry.versions.length === 0 || entry.versions.some((pattern) => versionMatches(pattern, found.version, syntax))),
  );
  if (declared !== undefined) return { text: declared.license, by: policy.source.file };
  return found.license === undefined || found.license.trim() === ""
    ? undefined
    : { text: found.license, by: "the package" };
}

/** Licences repeat, so a policy's verdict on a text is computed once. */
const known = new WeakMap<LicensePolicy, Map<string, LicenseVerdict>>();
const read = new Map<string, License>();

function verdictOf(text: string, policy: LicensePolicy): LicenseVerdict {
  const verdicts = known.get(policy) ?? new Map<string, LicenseVerdict>();
  known.set(policy, verdicts);
  const verdict = verdicts.get(text) ?? judgeLicense(licenseNamed(text), policy);
  verdicts.set(text, verdict);
  return verdict;
}

function licenseNamed(text: string): License {
  const license = read.get(text) ?? readLicense(text);
  read.set(text, license);
  return license;
}

function unknown(
  found: AddedPackage,
  context: ContentsContext,
  policy: LicensePolicy,
  why?: { readonly stated: Said; readonly verdict: LicenseVerdict },
): readonly ContentsProblem[] {
  if (policy.unknown === "allow") return [];
  const { guess } = why?.verdict ?? {};
  const what =
    why === undefined
      ? "neither an approved list nor the package says it"
      : `${why.stated.by} says ${JSON.stringify(why.stated.text)}${guess === undefined ? "" : `, which may mean ${guess}`}`;
  const message = `the licence of ${titleOf(found)} is not known: ${what}${howItCame(found)}`;
  const diagnostic = errorAt(
    packagePlace(found, context),
    "license-unknown",
    message,
    lineToAdd(found, context, guess),
  );
  const level = policy.unknown === "warn" ? "warn" : policy.level;
  return [problem(found, atLevel(diagnostic, { level }))];
}

/** The line for an administrator to add, ready to be copied. */
function lineToAdd(found: AddedPackage, context: ContentsContext, guess = "…"): string {
  const entry = approvedEntry(found, context);
  if (entry !== undefined) {
    const { file, line } = entry.source.at(entry.pointer);
    return `an administrator finds out and adds to ${file}, line ${line}: \`license: ${guess}, license-evidence: …\``;
  }
  const key = found.kind === "system" ? "os" : "language";
  const scope = yamlText(scopeOf(found, context) ?? "…");
  const line = `- { name: ${yamlText(found.name)}, ${key}: ${scope}, license: ${guess}, evidence: … }`;
  return `an administrator finds out and adds to policies/licenses.yaml, under \`declared\`: \`${line}\``;
}
