import { CommandError, EXIT, type ExitCode } from "../exit.js";
import { inNamespace } from "./in-namespace.js";
import { count, flag, JOBS, list, READ_FROM, TLS_VERIFY, text } from "./options.js";
import { defineVerb } from "./verb.js";

/** What a change would do, who has to approve it, and whether its images build: for the pull request that proposes it. */
export const gateVerb = defineVerb({
  usage: "gate",
  description: "the report of a change: what it does, who must approve",
  options: {
    base: text("--base <ref>", "judge the change from this branch to the head, by the branch's policies"),
    head: text("--head <ref>", "the change (default: HEAD)"),
    out: text("--out <dir>", "where report.json and report.md go (default: .slipway/gate)"),
    build: flag("--build", "build and test the affected images as well; nothing is published"),
    ...READ_FROM,
    ...TLS_VERIFY,
    ...JOBS,
    results: list("--results <files...>", "what other jobs have built: files of slipway build --json"),
    publish: text("--publish <file>", "publish a report.json on its pull request: comment, check, label, summary"),
    pull: count("--pull <n>", "the pull request's number (default: what the workflow_run event says)", 999_999_999),
    codeowners: flag("--codeowners", "print CODEOWNERS as policies/roles.yaml has it"),
    check: flag("--check", "with --codeowners: exit 3 when .github/CODEOWNERS is not up to date"),
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
