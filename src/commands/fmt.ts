import { CommandError, EXIT } from "../exit.js";
import { flag } from "./options.js";
import { defineVerb } from "./verb.js";

/** Brings files into one layout without changing their meaning. */
export const fmtVerb = defineVerb({
  usage: "fmt [files...]",
  description: "format files: order of keys, indentation, quotes",
  examples: [
    { command: "slipway fmt", says: "all files of the catalogue" },
    { command: "slipway fmt --check", says: "for CI: exit 3 if a file would change" },
  ],
  options: {
    check: flag("--check", "change nothing; if files would change, name them and exit 3"),
    stdin: flag("--stdin", "format standard input; the file's name, if given, determines the kind of file"),
  },
  async run(context, { check = false, stdin = false }, files) {
    if (stdin && files.length > 1) throw new CommandError(EXIT.usage, "--stdin takes at most one file name");
    const { formatFiles, formatInput } = await import("../app/author/author.js");
    const { diagnosticsText } = await import("../report/diagnostics.js");
    const { formatJson, formatText } = await import("../report/format-text.js");
    const results = stdin
      ? [await formatInput(context, files[0])]
      : await formatFiles(context, files, { write: !check });
    const problems = results.flatMap(({ diagnostics }) => diagnostics);
    if (context.json) context.out(`${JSON.stringify(formatJson(results, stdin), null, 2)}\n`);
    else {
      if (problems.length > 0) context.note(`${diagnosticsText(problems, context.colors.note)}\n`);
      if (!stdin || check) context.out(formatText(results, check));
      else if (problems.length === 0) context.out(results.map(({ text }) => text).join(""));
    }
    const isLeft = check && results.some(({ status }) => status === "formatted");
    return problems.length > 0 || isLeft ? EXIT.rejected : EXIT.done;
  },
});
