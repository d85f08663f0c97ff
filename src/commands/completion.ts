import { CommandError, EXIT } from "../exit.js";
import { defineVerb } from "./verb.js";

/** Prints a script for a shell, which then asks `slipway __complete` (complete.ts) for every word. */
export const completionVerb = defineVerb({
  usage: "completion <shell>",
  description: "print what bash, zsh or fish needs to complete commands, options and image names",
  examples: [
    { command: 'eval "$(slipway completion bash)"', says: "a line for ~/.bashrc" },
    { command: 'eval "$(slipway completion zsh)"', says: "a line for ~/.zshrc, after compinit" },
    { command: "slipway completion fish > slipway.fish", says: "a file for ~/.config/fish/completions" },
  ],
  options: {},
  async run(context, _options, shell) {
    const { SCRIPTS } = await import("./completion-scripts.js");
    const script = SCRIPTS.get(shell);
    if (script === undefined)
      throw new CommandError(
        EXIT.usage,
        `no completion for ${JSON.stringify(shell)}`,
        `one of ${[...SCRIPTS.keys()].join(", ")}`,
      );
    context.out(context.json ? `${JSON.stringify({ script }, null, 2)}\n` : script);
    return EXIT.done;
  },
});
