import type { PullRequest } from "./events.js";
import type { Sandbox } from "./sandbox.js";

export const PLACE = { repository: "Acme/Images", server: "https://github.com", api: "https://api.github.com" };

const stages = (...jobs: string[]) =>
  JSON.stringify({ stages: [{ include: jobs.map((images, at) => ({ job: String(at + 1), images })) }] });

/** The answers of `slipway` for a pull request with these jobs, all in the first part of the plan. */
export function answersFor(...jobs: string[]) {
  return { plan: { stdout: stages(...jobs) }, gate: { report: "{}" } };
}

/** Pull request 1, which brings its own action (it would write `pwned`), a state that claims everything is built, and a report. */
export async function hostilePull(sandbox: Sandbox): Promise<PullRequest> {
  const base = await sandbox.commit({ "images/a/image.yaml": "name: a\n" }, { refs: ["refs/heads/main"] });
  const action = `name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - { shell: bash, run: "touch ${sandbox.path("pwned")}" }\n`;
  const files = { "action.yml": action, ".slipway/registry/index.json": "{}", "slipway-report/report.json": "{}" };
  const sha = await sandbox.commit(files, { on: base, refs: ["refs/pull/1/head", "refs/pull/1/merge"] });
  const head = { repository: "mallory/Images", branch: "topic", sha };
  return { number: 1, title: "A title", base: { branch: "main", sha: base }, head, merge: sha };
}
