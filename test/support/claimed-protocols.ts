import { loadDesired } from "../../src/app/catalogue/desired.js";
import { openWorkingTree } from "../../src/load/git/working-tree.js";
import type { Body } from "../../src/model/definition.js";
import type { ImageName } from "../../src/model/names.js";
import { builtInTemplates } from "../../src/render/templates.js";
import type { ActionLanguage } from "./action-protocol.js";
import { ROOT } from "./actions/files.js";

export interface ClaimedProtocols {
  /** The images of actions, with what they take. */
  readonly actions: ReadonlyMap<string, ActionLanguage>;
  readonly functions: readonly string[];
}

const LANGUAGES: readonly ActionLanguage[] = ["nodejs", "python3"];

/**
 * The images of the reference catalogue that take the module of a runtime, themselves or by an ancestor. What actions they take is in
 * the label `example.action` of a further module.
 */
export async function claimedProtocols(): Promise<ClaimedProtocols> {
  const { graph } = await loadDesired(await openWorkingTree(ROOT), builtInTemplates(), { today: "2026-01-01" });
  const bodiesOf = (name: ImageName | undefined): Body[] => {
    const node = name === undefined ? undefined : graph.nodes.get(name);
    return node === undefined ? [] : [...bodiesOf(node.parent), ...(node.stages.at(-1)?.bodies ?? [])];
  };
  const actions = new Map<string, ActionLanguage>();
  const functions: string[] = [];
  for (const name of graph.nodes.keys()) {
    const bodies = bodiesOf(name);
    const takes = (module: string) => bodies.some(({ folder }) => folder.startsWith(`catalog/modules/${module}`));
    const label = bodies.flatMap(({ labels }) => labels).findLast((each) => each.name === "example.action")?.value;
    if (takes("action-proxy")) actions.set(name, LANGUAGES.find((language) => language === label) ?? "executable");
    if (takes("function-")) functions.push(name);
  }
  return { actions, functions };
}
