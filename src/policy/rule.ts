import type { Catalogue } from "../model/catalogue.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import type { Managers } from "../model/package-syntax.js";

export interface RuleContext {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly node: ImageNode;
  readonly managers: Managers;
  /** `YYYY-MM-DD` (UTC). */
  readonly today: string;
}

/** A pure function from an image and its surroundings to its problems. */
export type Rule = (context: RuleContext) => readonly Diagnostic[];
