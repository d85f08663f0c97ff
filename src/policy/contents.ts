import type { Diagnostic } from "../model/diagnostic.js";
import { errorAt } from "../model/diagnostic.js";
import type { ContentsContext, ContentsProblem, ContentsRule } from "./contents-rule.js";
import type { Waivers } from "./exception-ledger.js";
import { licenses } from "./license-rule.js";
import { approval, forbidden } from "./package-rules.js";
import { approvedEntry, howItCame, packagePlace } from "./packages-of.js";
import { withdrawnProblem } from "./withdrawn.js";

/** Packages that came into an image without a request: by `setup` or an artifact. */
const unasked: ContentsRule = (context) =>
  context.added.flatMap((found) => {
    if (found.why.type !== "unasked" || approvedEntry(found, context) !== undefined) return [];
    const { kind, name, version, place, type } = found;
    const { node } = context;
    const { source, pointer, setup } = node.definition;
    const message = `${name} ${version} (${type}, ${place}) is in ${node.name}, and nothing requests it`;
    const key = kind === "system" ? "system-packages" : "runtime-packages";
    const hint = `write it into \`${key}\`, or take it out of \`setup\` and the artifacts`;
    const at = source.at(`${pointer}/${setup.length > 0 ? "setup" : "artifacts"}`, "key");
    return [{ diagnostic: errorAt(at, "package-unasked", message, hint), package: name }];
  });

/** Withdrawn packages that other packages brought. Requests for withdrawn packages are reported by approve(). */
const withdrawn: ContentsRule = (context) =>
  context.added.flatMap((found) => {
    if (found.why.type === "asked") return [];
    const entry = approvedEntry(found, context)?.withdrawn;
    if (entry === undefined) return [];
    const problem = withdrawnProblem(`${found.name} ${found.version}`, entry);
    const message = `${problem.message}${howItCame(found)}`;
    return [{ diagnostic: { ...packagePlace(found, context), ...problem, message }, package: found.name }];
  });

const CONTENTS_RULES: readonly ContentsRule[] = [unasked, withdrawn, approval, forbidden, licenses];

/** Checks the contents of an image against all rules. */
export const checkContents = (context: ContentsContext, exceptions: Waivers): readonly Diagnostic[] =>
  waive(
    CONTENTS_RULES.flatMap((rule) => rule(context)),
    exceptions,
    context,
  );

/** The problems with packages of an image that none of its exceptions waives. */
export function waive(
  problems: readonly ContentsProblem[],
  exceptions: Waivers,
  { managers, node }: Pick<ContentsContext, "managers" | "node">,
): readonly Diagnostic[] {
  const syntaxes = [managers.find("system", node.os), managers.find("runtime", node.language)];
  const isSame = (meant: string, name: string) =>
    meant === name ||
    syntaxes.some((syntax) => syntax !== undefined && syntax.normalise(meant) === syntax.normalise(name));
  return problems.flatMap(({ package: name, diagnostic }) => {
    const isMeant = (meant: string) => name !== undefined && isSame(meant, name);
    return exceptions.waives(diagnostic.code, isMeant) ? [] : [diagnostic];
  });
}
