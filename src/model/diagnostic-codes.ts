/** The facts about a diagnostic code. */
interface CodeFacts {
  /** One or two sentences of docs/diagnostics.md. */
  readonly means: string;
  /** The definition, list or policy itself is wrong, so what it says cannot be judged any further. */
  readonly reading?: true;
  /** Present if the code is a question of policy, so that policies/exceptions.yaml may waive it. */
  readonly waiver?: Waiver;
}

interface Waiver {
  /** Whether an exception may be for one package. */
  readonly about: "packages" | "images";
  /**
   * Where it can be seen that an image needs the exception: in its definition; there as well, unless approval covers
   * what packages need (`closure`); in slipway.lock (`contents`); or only in the built image or an audit (`image`).
   */
  readonly knownFrom: "definition" | "closure" | "contents" | "image";
}

/**
 * Every diagnostic code. Codes are stable, because scripts match on them. docs/diagnostics.md is generated from here.
 */
export const DIAGNOSTIC_CODES = {
  // Files and YAML
  "file-too-large": { means: "A YAML file is larger than 1 MiB. It is not read.", reading: true },
  "not-text": { means: "A YAML file holds a NUL byte or bytes that are not UTF-8.", reading: true },
  "not-a-file": {
    means: "A definition, list, manifest or lockfile is a symbolic link. It must be a regular file.",
    reading: true,
  },
  "file-name": { means: "A file name is not UTF-8. The file is left out.", reading: true },
  "ignored-file": {
    means: "A YAML file stands where nothing reads it, probably because of a mistyped name.",
    reading: true,
  },
  "yaml-syntax": { means: "The file is not valid YAML.", reading: true },
  "yaml-depth": { means: "Lists and mappings are nested more than 64 levels deep.", reading: true },
  "yaml-alias": {
    means:
      "A YAML alias (`*name`) or merge key (`<<`) is used. Write the value out: aliases can expand without bounds.",
    reading: true,
  },
  "yaml-tag": { means: "A YAML tag (`!name`) is used. Every value is plain text, a list or a mapping.", reading: true },
  "yaml-document": { means: "A file holds more than one YAML document, or none.", reading: true },
  "yaml-key": { means: "A mapping key is a list or a mapping.", reading: true },
  "duplicate-key": { means: "A key occurs twice in one mapping.", reading: true },
  "too-many-problems": { means: "A file has more than 100 problems; only the first are shown.", reading: true },
  // The shape of a file
  "unknown-key": { means: "A key is not part of the format.", reading: true },
  "onbuild-refused": {
    means:
      "`onbuild` is refused: it would run in images whose definitions do not show it. Put what images have in common into a module.",
    reading: true,
  },
  "missing-key": { means: "A required key is missing.", reading: true },
  "exclusive-keys": { means: "Keys that exclude each other are used together.", reading: true },
  "wrong-type": {
    means: "A value has the wrong form, for instance a list where a mapping is expected.",
    reading: true,
  },
  "invalid-value": { means: "A value is not one of those allowed, or does not have the required form.", reading: true },
  "duplicate-name": { means: "A name occurs twice in one list.", reading: true },
  // Definitions
  "duplicate-image": { means: "Two definitions use the same image name.", reading: true },
  "duplicate-module": { means: "Two module files have the same name and version.", reading: true },
  "duplicate-stage": { means: "Two stages of a definition have the same name.", reading: true },
  "duplicate-definition": { means: "A folder has both image.yaml and image.yml.", reading: true },
  "unknown-axis": {
    means: "`${{ matrix.… }}` does not name an axis of the definition's matrix, or is not a valid expression.",
    reading: true,
  },
  "matrix-size": { means: "A matrix stands for no image at all, or for more than 256.", reading: true },
  "artifact-target": { means: "An artifact does not say where in the image it goes, or says it twice.", reading: true },
  "artifact-twice": { means: "Two artifacts bring something to the same place in the image.", reading: true },
  "artifact-missing": {
    means: "An artifact's path names nothing in the catalogue. Git keeps no empty directories.",
    reading: true,
  },
  "lfs-pointer": {
    means:
      "A file is a pointer of Git LFS. An artifact is taken from where Git LFS keeps it, which must be on the machine that builds; what Slipway reads itself must be in Git.",
    reading: true,
  },
  "script-text": {
    means:
      "An artifact is a script whose first line ends with a carriage return, or begins with a byte order mark: its interpreter would not be found.",
    reading: true,
  },
  "artifact-outside": {
    means: "An artifact's path, or a symbolic link in it, leads out of the catalogue.",
    reading: true,
  },
  "artifact-loop": {
    means: "An artifact's path runs through symbolic links that lead back to themselves.",
    reading: true,
  },
  "manifest-twice": {
    means: "An image and one of its modules both have a `runtime-manifest`; there is room for one.",
    reading: true,
  },
  "manifest-missing": { means: "`runtime-manifest` names a file that is not in the catalogue.", reading: true },
  // Lists, policies and settings
  "duplicate-package": {
    means: "An image asks for the same package twice, or the approved lists of one scope have it twice.",
    reading: true,
  },
  "manager-mismatch": {
    means: "The approved lists of one operating system name different package managers.",
    reading: true,
  },
  "duplicate-base": { means: "An external base image is listed twice.", reading: true },
  "no-administrator": {
    means: "policies/roles.yaml names no administrator, so nobody could approve what is protected.",
    reading: true,
  },
  "protected-path": {
    means:
      "A path of policies/roles.yaml is not inside the catalogue, or may give away what belongs to administrators.",
    reading: true,
  },
  "language-pattern": {
    means:
      "A pattern of a language.yaml is not one that Slipway accepts: anchored, a sequence of characters and classes with quantifiers.",
    reading: true,
  },
  "language-spec": {
    means: "A specification of a language.yaml lacks a placeholder, or has an unknown one.",
    reading: true,
  },
  "language-template": {
    means: "A language of the catalogue has no install.hbs beside its language.yaml.",
    reading: true,
  },
  "duplicate-language": {
    means: "Two languages of the catalogue have the same name, or are for the same `language` of images.",
    reading: true,
  },
  "advisory-unreadable": {
    means: "A file is not an advisory in the OSV format. The others still count.",
    reading: true,
  },
  "lock-syntax": {
    means: "slipway.lock is not as `slipway lock` writes it. Run that again instead of editing the file.",
    reading: true,
  },
  // Packages
  "package-not-approved": {
    means: "No approved list of the operating system or language has the package.",
    waiver: { about: "packages", knownFrom: "closure" },
  },
  "version-not-approved": {
    means: "The approved lists have the package, but not in this version.",
    waiver: { about: "packages", knownFrom: "closure" },
  },
  "package-unasked": {
    means:
      "A built image has a package that its definition does not ask for and that nothing it asks for needs: `setup` or an artifact brought it.",
    waiver: { about: "packages", knownFrom: "image" },
  },
  "package-forbidden": {
    means: "policies/packages.yaml forbids a package that an image has.",
    waiver: { about: "packages", knownFrom: "contents" },
  },
  "package-required": {
    means: "policies/packages.yaml requires a package that neither an image nor an ancestor of it asks for.",
    waiver: { about: "packages", knownFrom: "definition" },
  },
  "license-denied": {
    means: "A package's licence is on the deny list of policies/licenses.yaml.",
    waiver: { about: "packages", knownFrom: "contents" },
  },
  "license-not-allowed": {
    means: "A package's licence is not on the allow list of policies/licenses.yaml.",
    waiver: { about: "packages", knownFrom: "contents" },
  },
  "license-unknown": {
    means: "A package's licence is not stated, or the statement cannot be understood. A guess lets nothing pass.",
    waiver: { about: "packages", knownFrom: "contents" },
  },
  "license-expression": { means: "policies/licenses.yaml names a licence that SPDX does not have." },
  vulnerability: {
    means: "A package of an image has a known vulnerability that policies/vulnerabilities.yaml does not let pass.",
    waiver: { about: "packages", knownFrom: "image" },
  },
  "advisories-missing": { means: "A build is to look for vulnerabilities, but there are no advisories." },
  "package-withdrawn": { means: "An image uses a package that was approved once and is withdrawn." },
  "bad-package-name": { means: "The package manager cannot have a package with such a name." },
  "bad-package-version": { means: "The package manager has no versions of this form." },
  "package-conflict": { means: "Modules and image ask for two exact versions of one package." },
  "stage-version": {
    means:
      "A package of a build stage has approved versions, but no exact one is given. The stage is gone after the build and cannot be inspected.",
  },
  "no-package-manager": { means: "Slipway has no package manager for the operating system or language." },
  "known-manager": {
    means: "An approved list names a package manager for an operating system that Slipway knows to have another one.",
  },
  "bootstrap-manager": {
    means: "A root file system is bootstrapped by a package manager that is not its operating system's.",
  },
  "manager-name": { means: "A language of the catalogue has the name of one of Slipway's own package managers." },
  "manifest-unknown": { means: "`runtime-manifest` names a file that the language's package manager does not read." },
  "manifest-too-large": { means: "A package manifest or the lock file beside it is larger than 1 MiB." },
  "manifest-content": {
    means: "A package manifest says something that Slipway does not pass on to the package manager.",
  },
  template: {
    means: "The install.hbs of a language of the catalogue is not valid, or does not make exactly one RUN instruction.",
  },
  // slipway.lock
  "lock-missing": {
    means: "policies/packages.yaml requires that an image is in slipway.lock.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "lock-stale": {
    means:
      "slipway.lock was made from something other than the catalogue as it is now. `slipway lock` brings it up to date.",
  },
  "lock-unknown-image": { means: "slipway.lock has an entry for an image that is not in the catalogue." },
  // Images and what they are built from
  "not-extendable": {
    means: "The parent says `extendable: false`.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "os-not-allowed": {
    means: "policies/operating-systems.yaml does not allow the operating system of an image.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "base-not-allowed": {
    means: "policies/bases.yaml does not allow the external image or the package archive that an image starts from.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "base-age": {
    means: "An external image was pinned longer ago than policies/bases.yaml allows, or the day is not stated.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "root-user": {
    means: "Containers of an image run as root, or may do so, and policies/images.yaml denies it.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "description-missing": {
    means: "An image's definition lacks the `description` that policies/images.yaml requires.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "dangerous-env": {
    means:
      "A variable of an image makes programs load, run or fetch something else (`LD_PRELOAD`, `NODE_OPTIONS`, `PIP_INDEX_URL`), in this image and in all that derive from it. A base image or a module may set it. In a command that a container starts with it is a warning.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "installs-at-start": {
    means:
      "The entrypoint, command or health check of an image installs or downloads something: containers would run what no list approves.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "label-missing": {
    means: "An image lacks a label that policies/images.yaml requires.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "label-value": {
    means: "A label's value does not have the form that policies/images.yaml requires.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "network-host": {
    means:
      "An image or a build stage asks for the machine's network. What is fetched there is on no list, so an administrator makes an exception.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "image-too-large": {
    means: "A built image has more bytes than policies/images.yaml allows.",
    waiver: { about: "images", knownFrom: "image" },
  },
  "package-database": {
    means:
      "The package databases of a built image are not those of what it starts from, with the packages that it installs: one is missing, one is more, or an entry was edited.",
    waiver: { about: "images", knownFrom: "image" },
  },
  "package-file-changed": {
    means: "A file of a package has other bytes in a built image than in the package, and is no configuration file.",
    waiver: { about: "images", knownFrom: "image" },
  },
  "setup-made": {
    means:
      "`setup` made something that runs, or that makes something else run, and neither a package nor an artifact is where it comes from.",
    waiver: { about: "images", knownFrom: "image" },
  },
  "unknown-parent": { means: "An image's parent is not in the catalogue." },
  "unknown-image": {
    means: "A stage or an artifact names an image that is neither an earlier stage nor in the catalogue.",
  },
  "unknown-module": { means: "A module, or that version of it, is not in the catalogue." },
  "module-version": { means: "A module has several versions, and the definition does not say which one is meant." },
  "module-conflict": { means: "An image gets two versions of one module." },
  "module-cycle": { means: "Modules need one another in a circle." },
  cycle: { means: "Images derive from one another in a circle." },
  "base-only": {
    means:
      "`from`, `bootstrap` and `package-hosts` are for base images (`kind: BaseImage`); every other image derives from one.",
  },
  "base-on-image": {
    means:
      "A base image derives from, starts a stage from or copies from an image that is no base image. Whoever may change that image would change the base image, without an administrator.",
  },
  "unknown-base": { means: "`from` names an image that catalog/bases.yaml does not list." },
  "base-withdrawn": { means: "An image starts from an external base that was approved once and is withdrawn." },
  "deprecated-image": { means: "An image derives from one whose definition says that it should no longer be used." },
  "deprecated-image-new": {
    means:
      "A change lets an image derive from one that is already deprecated. Images that derived from it before may go on; new ones may not.",
  },
  "approval-withdrawn": {
    means: "A change takes back the approval of a package or base: these images use it, or derive from one that does.",
  },
  "inherited-change": {
    means:
      "A change gives an image another language or operating system, and images that derive from it inherit it because they state none.",
  },
  "platform-mismatch": { means: "An image is for another platform than something that it is built from." },
  "language-mismatch": { means: "An image's language is not that of its parent." },
  "os-mismatch": {
    means: "An image's operating system is not that of its parent, or its packages are for another one.",
  },
  "no-os": { means: "Packages are to be installed where no image of the chain has an operating system." },
  "no-language": { means: "Runtime packages are to be installed where no image of the chain has a language." },
  "no-installer": {
    means:
      "Runtime packages are to be installed where no image of the chain installs their package manager. A warning where artifacts from elsewhere could bring it.",
    waiver: { about: "images", knownFrom: "definition" },
  },
  "no-shell": { means: "A command is given as a string where there is no operating system, so no shell to run it." },
  "env-reference": {
    means:
      "A variable's value refers to the variable itself. Nothing is replaced in values: these characters would stay as they are.",
  },
  "reserved-version": {
    means:
      "An image's version or one of its tags is a tag that Slipway uses itself: `k-`, `t-`, `c-` or `sha256-` with 64 hex digits; for a version also `latest`.",
  },
  "too-long": {
    means: "An instruction of the Containerfile is longer than Buildah reads; it would silently drop the rest.",
  },
  "unsafe-value": { means: "A value holds characters that a Containerfile would act on." },
  // Exceptions, roles and CODEOWNERS
  "exception-expired": { means: "An exception's last day is over. Renew it or remove it." },
  "exception-expires-soon": { means: "An exception ends within 14 days." },
  "exception-unknown-image": {
    means:
      "An exception is for an image that is not in the catalogue: a warning, because it has to be in the branch before a new image that needs it.",
  },
  "exception-unused": { means: "An exception waives nothing: the image does not break the rule." },
  "roles-unreadable": {
    means: "The policies/roles.yaml of a pull request's base branch has problems, so no approval can be counted by it.",
  },
  "codeowners-stale": {
    means: ".github/CODEOWNERS is not what follows from the roles and base images of the catalogue.",
  },
  "codeowners-path": { means: "A path cannot be written in CODEOWNERS, so GitHub could not ask its owners." },
  "codeowners-owner": { means: "There is no administrator: CODEOWNERS would leave what is protected to everybody." },
  "codeowners-size": { means: "CODEOWNERS would be larger than 3 MB; GitHub ignores such a file." },
} as const satisfies Readonly<Record<string, CodeFacts>>;

type Codes = typeof DIAGNOSTIC_CODES;

export type DiagnosticCode = keyof Codes;

/** A rule that an exception may waive, by the code of its diagnostics. */
export type WaivableRule = { [C in DiagnosticCode]: Codes[C] extends { waiver: Waiver } ? C : never }[DiagnosticCode];

export const codeFacts = (code: DiagnosticCode): CodeFacts => DIAGNOSTIC_CODES[code];

const CODES = Object.keys(DIAGNOSTIC_CODES) as DiagnosticCode[];
const isWaivable =
  (about: Waiver["about"]) =>
  (code: DiagnosticCode): code is WaivableRule =>
    codeFacts(code).waiver?.about === about;

/** Every rule that an exception may waive, rules about packages first. */
export const WAIVABLE_RULES: readonly WaivableRule[] = [
  ...CODES.filter(isWaivable("packages")),
  ...CODES.filter(isWaivable("images")),
];

/** Whether a rule is about packages, so that an exception from it may be for one of them. */
export const isAboutPackages = (code: DiagnosticCode) => codeFacts(code).waiver?.about === "packages";
