type ProgramName =
  | "apk-wrapper.sh"
  | "apt-get-wrapper.sh"
  | "apt-lock.sh"
  | "apt-offers.sh"
  | "dnf-lock.sh"
  | "npm-lock.cjs"
  | "npm-offers.cjs"
  | "npm-registry.cjs"
  | "pip-lock.py"
  | "pip-offers.py"
  | "rpm-wrapper.sh";

/** The programs of src/packages/programs, which run in containers; written by scripts/generate.ts. */
export declare const PROGRAM_TEXTS: Readonly<Record<ProgramName, string>>;
