import { CommandError, EXIT } from "../exit.js";
import { flag } from "./options.js";
import { defineVerb } from "./verb.js";

/** One layout for every file: order of keys, indentation, quotes. What a file says stays the same. */
export const fmtVerb = defineVerb({
  usage: "fmt [files...]",
  description: "one layout: order of keys, indentation, quotes",
  options: {
    check: flag("--check", "change nothing; exit 3 and name the files that would change"),
    stdin: flag("--stdin", "format standard input; the file's name, if any, says what kind of file it is"),
  },
  async run(context, { check = false, stdin = false }, files) {
    if (stdin && files.length > 1) throw new CommandError(EXIT.usage, "--stdin takes one file's name at the most");
    const { formatFiles, formatInput } = await import("../app/author/author.js");
    const { diagnosticsText } = await import("../report/diagnostics.js");
    const { formatJson, formatText } = await import("../report/format-text.js");
    const results = stdin
      ? [await formatInput(context, files[0])]
      : await formatFiles(context, files, { write: !check });
    const problems = results.flatMap(({ diagnostics }) => diagnostics);
    if (context.json) context.out(`${JSON.stringify(formatJson(results, stdin), null, 2)}\n`);
    else {
      if (problems.length > 0) context.note(`${diagnosticsText(problems)}\n`);
      if (!stdin || check) context.out(formatText(results, check));
      else if (problems.length === 0) context.out(results.map(({ text }) => text).join(""));
    }
    const isLeft = check && results.some(({ status }) => status === "formatted");
    return problems.length > 0 || isLeft ? EXIT.rejected : EXIT.done;
  },
});
