import type { Catalogue } from "../model/catalogue.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ImageNode } from "../model/graph.js";
import type { AddedPackage } from "../model/inventory.js";
import type { Managers } from "../model/package-syntax.js";
import type { Exception } from "../model/roles.js";
import { waivers } from "./exceptions.js";

export interface ContentsContext {
  readonly catalogue: Catalogue;
  readonly node: ImageNode;
  readonly managers: Managers;
  /** `lock`: what slipway.lock says, before the build; `image`: what is really installed, after it. */
  readonly when: "lock" | "image";
  /** What the image adds to what it starts from. */
  readonly added: readonly AddedPackage[];
}

/** A diagnostic about one package of an image; `package` is how exceptions may name it. */
export interface ContentsProblem {
  readonly diagnostic: Diagnostic;
  readonly package?: string;
}

/** One rule: a pure function from what is in an image to what is wrong with it. */
export type ContentsRule = (context: ContentsContext) => readonly ContentsProblem[];

/** What somebody put into an image past the definition's own words: by `setup`, by an artifact. */
const unasked: ContentsRule = ({ added, node, catalogue }) =>
  added.flatMap((found) => {
    if (found.why.type !== "unasked") return [];
    const { kind, name, version, place, type } = found;
    const scope = kind === "system" ? node.os : node.language;
    const list = (kind === "system" ? catalogue.systemLists : catalogue.runtimeLists).get(scope ?? "");
    if (list?.packages.has(name)) return [];
    const { source, pointer, setup } = node.definition;
    const message = `${name} ${version} (${type}, ${place}) is in ${node.name}, and nothing asks for it`;
    const key = kind === "system" ? "system-packages" : "runtime-packages";
    const hint = `write it into \`${key}\`, or take it out of \`setup\` and the artifacts`;
    const diagnostic = {
      ...source.at(`${pointer}/${setup.length > 0 ? "setup" : "artifacts"}`, "key"),
      code: "package-unasked",
      message,
      hint,
    };
    return [{ diagnostic: { ...diagnostic, severity: "error" as const }, package: name }];
  });

export const CONTENTS_RULES: readonly ContentsRule[] = [unasked];

export interface CheckedContents {
  readonly diagnostics: readonly Diagnostic[];
  /** The exceptions that let something pass. */
  readonly used: readonly Exception[];
}

/** Holds what is in an image against all rules. `exceptions`: those of the image that hold today. */
export function checkContents(context: ContentsContext, exceptions: readonly Exception[]): CheckedContents {
  const used = new Set<Exception>();
  const remaining = CONTENTS_RULES.flatMap((rule) => rule(context)).filter((problem) => {
    const found = waivers(exceptions, problem.diagnostic.code, (name) => name === problem.package);
    for (const exception of found) used.add(exception);
    return found.length === 0;
  });
  return { diagnostics: remaining.map(({ diagnostic }) => diagnostic), used: [...used] };
}
