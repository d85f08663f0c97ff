import type { Info } from "spdx-expression-parse";

interface Spdx {
  readonly parse: (text: string) => Info;
  readonly correct: (text: string, options: { readonly upgrade: boolean }) => string | null;
}

let spdx: Spdx | undefined;

/**
 * Has to be called before licences are read. The two libraries take 9 ms to load, which is a tenth of a short command: only who
 * has a licence policy, or writes lists of what is in images, pays for them.
 */
export async function loadSpdx(): Promise<void> {
  const [parse, correct] = await Promise.all([import("spdx-expression-parse"), import("spdx-correct")]);
  spdx = { parse: parse.default, correct: correct.default };
}

export function loadedSpdx(): Spdx {
  if (spdx === undefined) throw new Error("loadSpdx() has not been called");
  return spdx;
}
