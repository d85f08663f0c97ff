import type { Catalogue } from "../../model/catalogue.js";
import type { Body, RequestedPackage } from "../../model/definition.js";
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Stage } from "../../model/graph.js";
import type { Managers, PackageSyntax } from "../../model/package-syntax.js";
import type { ApprovedPackage } from "../../model/recipe.js";
import type { Waivers } from "../../policy/exception-ledger.js";
import { approveManifest } from "../../policy/manifest-approval.js";
import { mergePackages } from "../../policy/merge-packages.js";
import { approvePackages, type PackageApproval } from "../../policy/package-approval.js";
import { openVersions } from "../../policy/stage-versions.js";
import type { PackageManifest } from "./package-manifests.js";

export interface StageCheck {
  readonly packages: readonly ApprovedPackage[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface ApprovalSurroundings {
  readonly catalogue: Catalogue;
  readonly managers: Managers;
  /** Those of the image. */
  readonly exceptions: Waivers;
  readonly manifest?: PackageManifest | undefined;
}

/** Checks all packages that a stage requests, itself and in modules, against the approved lists. */
export function approveStage(stage: Stage, surroundings: ApprovalSurroundings): StageCheck {
  const { catalogue, managers, exceptions, manifest } = surroundings;
  const system = managers.find("system", stage.os);
  const runtime = managers.find("runtime", stage.language);
  const lists = {
    system: catalogue.systemLists.get(stage.os ?? ""),
    runtime: catalogue.runtimeLists.get(stage.language ?? ""),
  };
  const check = (requested: readonly RequestedPackage[], { source }: Body, syntax: PackageSyntax): PackageApproval =>
    approvePackages({ requested, list: lists[syntax.kind], syntax, source, exceptions });
  const checks: StageCheck[] = [];
  for (const syntax of [system, runtime]) {
    if (syntax === undefined) continue;
    const approvals = stage.bodies.flatMap((body) => {
      const requests = syntax.kind === "system" ? body.systemPackages : body.runtimePackages;
      return requests.length === 0 ? [] : [{ body, requests, approval: check(requests, body, syntax) }];
    });
    const merged = mergePackages(
      approvals.map(({ body, requests, approval }) => ({ body, requests, packages: approval.packages })),
      syntax,
    );
    checks.push(merged, ...approvals.map(({ approval }) => ({ ...approval, packages: [] })));
    if (syntax !== runtime || manifest === undefined) continue;
    const taken = merged.packages.map(({ name }) => name);
    const { content, source } = manifest;
    checks.push(approveManifest({ content, source, list: lists.runtime, syntax, exceptions, taken }));
  }
  const bootstrap = bootstrapPackages(stage);
  if (system !== undefined && bootstrap.length > 0)
    checks.push({ ...check(bootstrap, stage.bodies.at(-1) as Body, system), packages: [] });
  const { name } = stage;
  const packages = checks
    .flatMap((result) => result.packages)
    .map((entry) => (name === undefined ? entry : { ...entry, stage: name }));
  return {
    packages,
    diagnostics: [...checks.flatMap(({ diagnostics }) => diagnostics), ...openVersions(stage, packages, managers)],
  };
}

/** The packages that a bootstrap adds to those of its variant: they must be approved like any other. */
function bootstrapPackages({ base }: Stage): RequestedPackage[] {
  if (base.type !== "bootstrap") return [];
  return base.bootstrap.packages.map((name, index) => ({ name, pointer: `/bootstrap/packages/${index}` }));
}
