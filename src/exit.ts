import { systemProblem } from "./system/system-error.js";

/** The exit codes of every command (docs/cli.md). */
export const EXIT = {
  done: 0,
  /** A build, test or publish failed. */
  failed: 1,
  usage: 2,
  /** A definition or policy was rejected. */
  rejected: 3,
  /** An outside service (registry, Git, Buildah, the forge) is not available, or the machine lacks something: space, a permission. */
  unavailable: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command cannot continue, for a reason that its user can fix. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

const USAGE_CODES = new Set(["unknown-ref", "not-a-repository", "not-a-directory"]);

/** The one table from errors to exit codes; undefined: the error is a bug. */
export function expectedFailure(error: unknown): { exitCode: ExitCode; message: string; hint?: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const hint = "hint" in error && typeof error.hint === "string" ? { hint: error.hint } : {};
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message, ...hint };
  if (error.name === "RegistryError" || error.name === "ForgeError")
    return { exitCode: EXIT.unavailable, message: error.message, ...hint };
  if (error.name !== "TreeError") {
    const problem = systemProblem(error);
    return problem && { exitCode: EXIT.unavailable, ...problem };
  }
  const code = "code" in error ? String(error.code) : "";
  if (USAGE_CODES.has(code)) return { exitCode: EXIT.usage, message: error.message, ...hint };
  return { exitCode: code === "too-many-files" ? EXIT.rejected : EXIT.unavailable, message: error.message, ...hint };
}
