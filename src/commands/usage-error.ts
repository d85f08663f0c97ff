import type { Command } from "commander";

/** A command line that says something that this command does not take. `code` is one of commander's. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  constructor(
    readonly command: Command,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
