import type { Info } from "spdx-expression-parse";

interface Spdx {
  readonly parse: (text: string) => Info;
  readonly correct: (text: string, options: { readonly upgrade: boolean }) => string | null;
}

let spdx: Spdx | undefined;

/**
 * Has to be called before licences are read. The two libraries take 9 ms to load, a tenth of a short command, so only commands
 * that check or list licences load them.
 */
export async function loadSpdx(): Promise<void> {
  const [parse, correct] = await Promise.all([import("spdx-expression-parse"), import("spdx-correct")]);
  spdx = { parse: parse.default, correct: correct.default };
}

export function loadedSpdx(): Spdx {
  if (spdx === undefined) throw new Error("loadSpdx() has not been called");
  return spdx;
}
