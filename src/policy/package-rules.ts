import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { AddedPackage } from "../model/inventory.js";
import { versionMatches } from "../model/package-syntax.js";
import { type Demand, holdsFor } from "../model/policies.js";
import type { ContentsContext, ContentsProblem, ContentsRule } from "./contents-rule.js";
import { approvedEntry, howItCame, isMeant, packagePlace, scopeOf, stageOf, syntaxOf } from "./packages-of.js";

/** A problem with the severity of a policy's level. */
export const atLevel = (diagnostic: Diagnostic, { level }: Pick<Demand, "level">): Diagnostic =>
  level === "warn" ? { ...diagnostic, severity: "warning" } : diagnostic;

/**
 * Checks the packages that come along with others against the approved lists, where policies/packages.yaml demands it. Requested
 * packages were checked by approve(), except for the version that a lockfile chose. A system that an image makes is approved
 * together with its base.
 */
export const approval: ContentsRule = (context) => {
  const { catalogue, node, added, when } = context;
  if (when === "request") return [];
  const policy = catalogue.policies?.packages;
  const isMeantHere = policy !== undefined && holdsFor(policy, node.name);
  return added.flatMap((found): readonly ContentsProblem[] => {
    const { why, kind } = found;
    if (why.type === "system") return [];
    const mode = isMeantHere ? policy.approval[kind] : "direct";
    const isAsked = why.type === "asked";
    // After the build packages/installed.ts checks the requested packages by the manager's own list. A package without a request
    // is on an approved list or reported as unrequested; its version has to be approved as well.
    if (mode === "direct" && why.type !== "unasked" && !(isAsked && when === "lock")) return [];
    const diagnostic = approvalProblem(found, context, mode === "direct");
    if (diagnostic === undefined) return [];
    const level = mode === "report" ? "warn" : mode === "direct" ? "enforce" : (policy?.level ?? "enforce");
    return [{ diagnostic: atLevel(diagnostic, { level }), package: found.name }];
  });
};

function approvalProblem(found: AddedPackage, context: ContentsContext, isVersionOnly: boolean) {
  const { name, version, kind, why } = found;
  const entry = approvedEntry(found, context);
  const where = context.when === "lock" ? "slipway.lock has" : `${context.node.name} has`;
  if (entry === undefined) {
    // A package without a request is reported as such.
    if (isVersionOnly || why.type === "unasked") return undefined;
    const scope = scopeOf(found, context) ?? kind;
    const message = `${where} ${name} ${version}, which is not approved for ${scope}${howItCame(found)}`;
    const hint = `an administrator can add \`- { name: ${yamlText(name)}, versions: ["${version}"] }\` to the approved list of ${scope}`;
    return errorAt(packagePlace(found, context), "package-not-approved", message, hint);
  }
  const syntax = syntaxOf(found, context);
  const { versions } = entry;
  if (versions.length === 0 || versions.some((pattern) => versionMatches(pattern, version, syntax))) return undefined;
  const message = `${where} ${name} ${version}, and that version is not approved${howItCame(found)}`;
  return errorAt(packagePlace(found, context), "version-not-approved", message, `approved: ${versions.join(", ")}`);
}

/** Packages that no image may have. A build stage may, unless the policy says otherwise: it is no part of the image. */
export const forbidden: ContentsRule = (context) => {
  const { catalogue, node, added } = context;
  const isImage = stageOf(context).name === undefined;
  const demands = (catalogue.policies?.packages?.forbidden ?? []).filter(
    (demand) => (isImage || demand.buildStages) && holdsFor(demand, node.name),
  );
  return added.flatMap((found) =>
    demands
      .filter((demand) => isMeant(demand, found, context))
      .slice(0, 1)
      .map((demand) => {
        const { name, version } = found;
        const message = `${name}${version === "" ? "" : ` ${version}`} is forbidden${isImage ? "" : ", in build stages too"}: ${demand.reason}${howItCame(found)}`;
        const { file, line } = demand.source.at(demand.pointer);
        const way = isImage && !demand.buildStages ? "use it in a build stage and copy what it makes" : "do without it";
        const hint = `${way}; ${file}, line ${line} says so`;
        const diagnostic = errorAt(packagePlace(found, context), "package-forbidden", message, hint);
        return { diagnostic: atLevel(diagnostic, demand), package: name };
      }),
  );
};

/** A text as it is written in a YAML flow mapping. */
export const yamlText = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9_.+-]*$/.test(text) ? text : JSON.stringify(text);
