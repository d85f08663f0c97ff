import { CommandError, EXIT } from "../exit.js";
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
    const { base, publish, codeowners = false } = options;
    const wanted = [base !== undefined, publish !== undefined, codeowners].filter(Boolean);
    if (wanted.length !== 1) {
      throw new CommandError(
        EXIT.usage,
        "gate takes one of --base REF, --publish FILE and --codeowners",
        "on a laptop: slipway gate --base origin/main",
      );
    }
    const { publishGate, runCodeowners, runGate } = await import("../app/gate/gate.js");
    if (codeowners) return runCodeowners(context, options.check ?? false);
    if (publish === undefined) return runGate(context, { ...options, base: base ?? "" });
    const { publicationsText } = await import("../report/gate/publications.js");
    const publications = await publishGate(context, { ...options, publish });
    context.out(context.json ? `${JSON.stringify({ publications }, null, 2)}\n` : publicationsText(publications));
    return publications.some(({ failures }) => failures.length > 0) ? EXIT.unavailable : EXIT.done;
  },
});
