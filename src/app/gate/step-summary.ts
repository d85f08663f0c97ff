import { appendFile } from "node:fs/promises";
import type { Context } from "../../context.js";

/** Adds Markdown to the page of the workflow run (GITHUB_STEP_SUMMARY), if this is one. */
export async function appendSummary({ env }: Context, markdown: string): Promise<void> {
  if (env.GITHUB_STEP_SUMMARY) await appendFile(env.GITHUB_STEP_SUMMARY, markdown);
}
