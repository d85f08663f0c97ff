import type { Forge } from "./client.js";
import { statusOf } from "./ensure.js";

export interface Label {
  readonly name: string;
  /** Six hex digits. */
  readonly color: string;
  readonly description: string;
}

/** Ensures that a pull request has this label and no other one that begins with `prefix`. May be repeated. */
export async function ensureLabel(forge: Forge, pull: number, label: Label, prefix: string): Promise<void> {
  const { octokit, owner, repo } = forge;
  const where = { owner, repo, issue_number: pull };
  const labels = await octokit.paginate(octokit.rest.issues.listLabelsOnIssue, { ...where, per_page: 100 });
  const names = labels.map(({ name }) => name);
  if (!names.includes(label.name)) {
    await ensureExists(forge, label);
    await octokit.rest.issues.addLabels({ ...where, labels: [label.name] });
  }
  for (const name of names.filter((other) => other.startsWith(prefix) && other !== label.name)) {
    try {
      await octokit.rest.issues.removeLabel({ ...where, name });
    } catch (error) {
      // It is already gone, as intended.
      if (statusOf(error) !== 404) throw error;
    }
  }
}

/** Adding a label that the repository does not have would create it in grey. */
async function ensureExists({ octokit, owner, repo }: Forge, label: Label): Promise<void> {
  try {
    await octokit.rest.issues.createLabel({ owner, repo, ...label });
  } catch (error) {
    // 422: it exists, perhaps in a colour that its owners chose.
    if (statusOf(error) !== 422) throw error;
  }
}
