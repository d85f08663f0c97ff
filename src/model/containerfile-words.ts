import type { Command } from "./definition.js";

/**
 * The name of the build argument that stands for a line feed: ENV and LABEL have no escape for it. Whoever builds passes
 * `--build-arg SLIPWAY_NL=` and a line feed; nothing of it stays in the image.
 */
export const LINE_FEED_ARGUMENT = "SLIPWAY_NL";

/**
 * A double-quoted word for ENV and LABEL (Dockerfile reference, "Environment replacement"): inside quotes only these
 * three characters are special, and a line break would end the instruction.
 */
export const dockerWord = (text: string) =>
  `"${text.replace(/[\\"$]/g, "\\$&").replaceAll("\n", `\${${LINE_FEED_ARGUMENT}}`)}"`;

/**
 * The exec form: a JSON list, in which every control character, line breaks included, is escaped, so that no text can
 * end the instruction.
 */
export const execForm = (argv: readonly string[]) =>
  JSON.stringify(argv).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

const DEFAULT_SHELL = ["/bin/sh", "-c"] as const;

/** Shell form is what Docker makes of it: the shell and the text. */
export const commandWords = (command: Command, shell: readonly string[] | undefined): readonly string[] =>
  command.form === "exec" ? command.argv : [...(shell ?? DEFAULT_SHELL), command.text];
