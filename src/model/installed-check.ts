/** How to ask a package manager in a built image what is installed, and what is wrong with its answer. */
export interface InstalledCheck {
  readonly command: readonly string[];
  /** One line for each package whose installed version is not approved. */
  problems(stdout: string): readonly string[];
}
