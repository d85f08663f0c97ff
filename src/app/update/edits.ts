import type { FileTree } from "../../load/git/tree.js";
import { editYaml, type YamlEdit } from "../../load/yaml/edit.js";
import type { GroupUpdates, Update } from "../../model/update.js";

export type EditedFiles =
  /** Whole contents by path. */
  { readonly ok: true; readonly files: ReadonlyMap<string, string> } | { readonly ok: false; readonly problem: string };

/**
 * The files of a tree with a group's updates applied; none of them where one cannot be edited. `edited` has the current contents
 * of files that other groups have changed.
 */
export async function editFiles(
  tree: FileTree,
  { updates }: GroupUpdates,
  edited: ReadonlyMap<string, string> = new Map(),
): Promise<EditedFiles> {
  const byFile = new Map<string, Update[]>();
  for (const update of updates) byFile.set(update.file, [...(byFile.get(update.file) ?? []), update]);
  const texts = new Map<string, string>();
  const unread = [...byFile.keys()].filter((path) => !edited.has(path));
  await tree.read(unread, (path, content) => texts.set(path, content.toString("utf8")));
  const files = new Map<string, string>();
  for (const [path, changes] of byFile) {
    const text = edited.get(path) ?? texts.get(path) ?? "";
    const result = editYaml(text, changes.map(toEdit));
    if (!result.ok) {
      const line = changes.find(({ pointer }) => pointer === result.pointer)?.line ?? 1;
      return { ok: false, problem: `${path}:${line}: ${result.problem}` };
    }
    files.set(path, result.text);
  }
  return { ok: true, files };
}

const toEdit = ({ pointer, from, to }: Update): YamlEdit => ({ pointer, from, to });
