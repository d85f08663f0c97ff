import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ParsedFile, readAction, readWorkflow } from "./parser.bundle.js";

/** The repository's root: this file is run from build/test/support/actions. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

const FOLDERS = [".github/workflows", "docs/workflows"];

/** Every workflow of the repository, including those that it offers to others, and the composite action. */
export async function workflowFiles(): Promise<ParsedFile[]> {
  const names = FOLDERS.flatMap((folder) => readdirSync(`${ROOT}${folder}`).map((name) => `${folder}/${name}`));
  const files = await Promise.all(names.map((name) => readWorkflow(name, readFileSync(`${ROOT}${name}`, "utf8"))));
  return [...files, readAction("action.yml", readFileSync(`${ROOT}action.yml`, "utf8"))];
}
