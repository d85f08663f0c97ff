/** Every diagnostic code of the stages after loading, with its explanation; docs/diagnostics.md is generated from here. */
export const CHECK_CODES = {
  "unknown-parent": "An image's parent is not in the catalogue.",
  cycle: "Images derive from one another in a circle.",
  "base-only": "`from` and `bootstrap` are for base images (`kind: BaseImage`): every image derives from one.",
  "unknown-base": "`from` names an image that catalog/bases.yaml does not list.",
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
  "package-not-approved": "No approved list of the operating system or language has the package.",
  "version-not-approved": "The approved lists have the package, but not in this version.",
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
  "unsafe-value": "A value holds characters that a Containerfile would act on.",
} as const;
