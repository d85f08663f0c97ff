import type { Diagnostic } from "../../model/diagnostic.js";
import type { YamlSource } from "../yaml/source.js";

/** The place of a body, and where its problems go. */
export interface BodyPlace {
  readonly source: YamlSource;
  /** JSON pointer of the mapping that is the body: empty, or `/stages/0`. */
  readonly pointer: string;
  readonly diagnostics: Diagnostic[];
}
