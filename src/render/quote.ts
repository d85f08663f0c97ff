import type { Command } from "../model/definition.js";

/**
 * A double-quoted word for ENV and LABEL (Dockerfile reference, "Environment replacement"): inside quotes only these
 * three characters are special. The text must be one line.
 */
export const dockerWord = (text: string) => `"${text.replace(/[\\"$]/g, "\\$&")}"`;

/**
 * The exec form: a JSON list, in which every control character, line breaks included, is escaped, so that no text can
 * end the instruction.
 */
export const execForm = (argv: readonly string[]) =>
  JSON.stringify(argv).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

/** Shell form is what Docker makes of it: `/bin/sh -c`. */
export const commandForm = (command: Command) =>
  execForm(command.form === "exec" ? command.argv : ["/bin/sh", "-c", command.text]);
