import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { inNamespace } from "./in-namespace.js";
import { count, FRESH, flag, ISOLATION, JOBS, list, READ_FROM, TLS_VERIFY, textOption, VERBOSE } from "./options.js";
import { defineVerb } from "./verb.js";

/** Reports what a change would do, who must approve it and whether its images build, for the pull request that proposes it. */
export const gateVerb = defineVerb({
  usage: "gate",
  description: "report what a change does and who must approve it",
  examples: [
    { command: "slipway gate --base main", says: "judge this branch as its pull request will be" },
    { command: "slipway gate --codeowners", says: "print CODEOWNERS as policies/roles.yaml gives it" },
    { command: "slipway gate --base main --build", says: "also build and test the affected images" },
  ],
  options: {
    base: textOption("--base <ref>", "judge the change from this branch to the head by the branch's policies"),
    head: textOption("--head <ref>", "the change (default: HEAD)"),
    out: textOption("--out <dir>", "directory for report.json and report.md (default: .slipway/gate)"),
    build: flag("--build", "also build and test the affected images; publish nothing"),
    ...READ_FROM,
    ...FRESH,
    ...ISOLATION,
    ...TLS_VERIFY,
    ...JOBS,
    ...VERBOSE,
    results: list("--results <files...>", "results of other jobs: files with the output of slipway build --json"),
    publish: textOption(
      "--publish <file>",
      "publish a report.json on its pull request: comment, check, label, summary",
    ),
    pull: count("--pull <n>", "number of the pull request (default: the one of the workflow_run event)", 999_999_999),
    codeowners: flag("--codeowners", "print CODEOWNERS as generated from policies/roles.yaml"),
    check: flag("--check", "with --codeowners: exit 3 if .github/CODEOWNERS is not up to date"),
  },
  async run(context, options) {
    const { base, publish, codeowners } = options;
    const { publishGate, runCodeowners, runGate } = await import("../app/gate/gate.js");
    const tasks: (() => Promise<ExitCode>)[] = [];
    if (codeowners) tasks.push(() => runCodeowners(context, options.check ?? false));
    if (base !== undefined) {
      const judge = () => runGate(context, { ...options, base });
      tasks.push(() => (options.build ? inNamespace(context, judge) : judge()));
    }
    if (publish !== undefined)
      tasks.push(async () => {
        const { publicationsText } = await import("../report/gate/publications.js");
        const publications = await publishGate(context, { ...options, publish });
        context.out(context.json ? `${JSON.stringify({ publications }, null, 2)}\n` : publicationsText(publications));
        return publications.some(({ failures }) => failures.length > 0) ? EXIT.unavailable : EXIT.done;
      });
    const [task, ...others] = tasks;
    if (task !== undefined && others.length === 0) return task();
    throw new CommandError(
      EXIT.usage,
      "gate takes one of --base REF, --publish FILE and --codeowners",
      "on a laptop: slipway gate --base origin/main",
    );
  },
});
