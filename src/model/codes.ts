/** Every diagnostic code of the stages after loading, with its explanation; docs/diagnostics.md is generated from here. */
export const CHECK_CODES = {
  "unknown-parent": "An image's parent is not in the catalogue.",
  "unknown-image": "A stage or an artifact names an image that is neither an earlier stage nor in the catalogue.",
  "unknown-module": "A module, or that version of it, is not in the catalogue.",
  "module-version": "A module has several versions, and nothing says which one is meant.",
  "module-conflict": "An image gets two versions of one module.",
  "module-cycle": "Modules need one another in a circle.",
  cycle: "Images derive from one another in a circle.",
  "base-only": "`from` and `bootstrap` are for base images (`kind: BaseImage`): every image derives from one.",
  "unknown-base": "`from` names an image that catalog/bases.yaml does not list.",
  "lock-stale":
    "slipway.lock was made from something else than what the catalogue says now. `slipway lock` brings it up to date.",
  "lock-unknown-image": "slipway.lock has an entry for an image that is not in the catalogue.",
  "deprecated-image": "An image derives from one whose definition says that it should not be used any more.",
  "os-not-allowed": "policies/operating-systems.yaml does not allow the operating system of an image.",
  "platform-mismatch": "An image is for another platform than something that it is built from.",
  "stage-version":
    "A package of a build stage has approved versions, and nothing says which one: afterwards the stage is gone and cannot be looked at.",
  "package-conflict": "Modules and image ask for two exact versions of one package.",
  "not-extendable": "The parent says `extendable: false`.",
  "language-mismatch": "An image's language is not that of its parent.",
  "os-mismatch": "An image's operating system is not that of its parent, or its packages are for another one.",
  "no-os": "Packages are to be installed where no image of the chain has an operating system.",
  "no-language": "Runtime packages are to be installed where no image of the chain has a language.",
  "no-package-manager": "Slipway has no package manager for the operating system or language.",
  "known-manager":
    "An approved list names a package manager for an operating system of which Slipway knows that it has another one.",
  "bootstrap-manager": "A root file system is bootstrapped by another package manager than its operating system has.",
  "no-shell": "A command is given as a string where there is no operating system, so no shell to run it.",
  "env-reference":
    "A variable's value refers to the variable itself. Nothing is replaced in values: it would stay these characters.",
  "package-not-approved": "No approved list of the operating system or language has the package.",
  "version-not-approved": "The approved lists have the package, but not in this version.",
  "package-unasked":
    "A package is in a built image that neither its definition asks for nor what it asks for needs: `setup` or an artifact brought it.",
  "package-forbidden": "policies/packages.yaml forbids a package that an image has.",
  "package-required": "policies/packages.yaml requires a package that neither an image nor an ancestor of it asks for.",
  "lock-missing": "policies/packages.yaml requires that an image is in slipway.lock.",
  "license-denied": "A package's licence is on the deny list of policies/licenses.yaml.",
  "license-not-allowed": "A package's licence is not on the allow list of policies/licenses.yaml.",
  "license-unknown":
    "Nobody says a package's licence, or it cannot be told what is said. What is only guessed lets nothing pass.",
  "license-expression": "policies/licenses.yaml names a licence that SPDX does not have.",
  "base-not-allowed":
    "policies/bases.yaml does not allow the external image or the package archive that an image starts from.",
  "base-age": "An external image was pinned longer ago than policies/bases.yaml allows, or nobody says when.",
  "root-user": "Containers of an image run as root, or may do so, and policies/images.yaml denies it.",
  "label-missing": "An image lacks a label that policies/images.yaml requires.",
  "label-value": "A label's value is not of the form that policies/images.yaml requires.",
  "image-too-large": "A built image has more bytes than policies/images.yaml allows.",
  "package-withdrawn": "An image uses a package that was approved once and is withdrawn.",
  "base-withdrawn": "An image starts from an external base that was approved once and is withdrawn.",
  "approval-withdrawn":
    "A change takes back the approval of a package or base: these images use it, or derive from one that does.",
  "deprecated-image-new":
    "A change lets an image derive from one that is deprecated by now: what derives from it already may go on, nothing else.",
  "advisories-missing": "A build is to look for vulnerabilities, and there are no advisories.",
  vulnerability:
    "A package of an image has a known vulnerability that policies/vulnerabilities.yaml does not let pass.",
  "exception-expired": "An exception's last day is over. Renew it or remove it.",
  "exception-expires-soon": "An exception ends within 14 days.",
  "exception-unknown-image": "An exception is for an image that is not in the catalogue.",
  "exception-unused": "An exception waives nothing: the image does not break the rule.",
  "roles-unreadable":
    "The policies/roles.yaml of the base branch of a pull request has problems: no approval can be counted by it.",
  "codeowners-stale": ".github/CODEOWNERS is not what the roles and base images of the catalogue make of it.",
  "codeowners-path": "A path cannot be written in CODEOWNERS, so GitHub could not ask its owners.",
  "codeowners-owner": "Nobody is administrator: CODEOWNERS would leave what is protected to everybody.",
  "codeowners-size": "CODEOWNERS would be larger than 3 MB; GitHub ignores such a file.",
  "bad-package-name": "The package manager has no packages with such a name.",
  "bad-package-version": "The package manager has no versions of this form.",
  "duplicate-package":
    "An image asks for the same package twice, or it stands twice in the approved lists of one scope.",
  "too-long":
    "An instruction of the Containerfile is longer than Buildah reads; it would drop the rest without a word.",
  "reserved-version":
    "An image's version is a tag that Slipway uses itself: `latest`, or one that begins with `k-` or `t-`.",
  template:
    "The install.hbs of a language of the catalogue is not valid, or does not make exactly one RUN instruction.",
  "manager-name": "A language of the catalogue has the name of a package manager that Slipway has itself.",
  "manifest-unknown": "`runtime-manifest` names a file that the language's package manager does not read.",
  "manifest-too-large": "A native manifest or its lock file is larger than 1 MiB.",
  "manifest-content": "A native manifest says something that Slipway does not pass on to the package manager.",
  "unsafe-value": "A value holds characters that a Containerfile would act on.",
} as const;
