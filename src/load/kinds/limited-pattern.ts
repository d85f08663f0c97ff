const CLASS = "\\[[A-Za-z0-9._+~:@/!*=-]+\\]";
const CHARACTER = "[A-Za-z0-9_~:@/!=,-]|\\\\[.+*/-]";
const QUANTIFIER = "[?*+]|\\{[0-9]{1,3}(?:,[0-9]{1,3})?\\}";

/**
 * With two of them and a name of 214 characters a refusal takes some ten thousand steps; each further one is a factor
 * of a hundred.
 */
const MAX_VARIABLE_PARTS = 3;

/**
 * Why a catalogue's pattern is not accepted; undefined: it is. A pattern is a sequence of characters and classes,
 * each perhaps with a quantifier: without groups and alternatives, and with few parts of variable length, no text
 * makes it run for long.
 */
export function patternProblem(pattern: string): string | undefined {
  if (!/^\^.+\$$/.test(pattern)) return "it must begin with `^` and end with `$`";
  const atom = new RegExp(`(?:${CLASS}|${CHARACTER})(${QUANTIFIER})?`, "y");
  const end = pattern.length - 1;
  let variable = 0;
  for (let at = 1; at < end; at = atom.lastIndex) {
    atom.lastIndex = at;
    const match = atom.exec(pattern);
    if (match === null || atom.lastIndex > end) return `what stands at character ${at + 1} is not allowed in a pattern`;
    if (match[1] !== undefined && !/^\{[0-9]+\}$/.test(match[1])) variable += 1;
  }
  if (variable > MAX_VARIABLE_PARTS)
    return `it has ${variable} parts of variable length, at most ${MAX_VARIABLE_PARTS}`;
  try {
    new RegExp(pattern);
    return undefined;
  } catch {
    return "a range or a repetition of it is the wrong way round";
  }
}

export const PATTERN_HINT =
  "a pattern is a row of characters and classes such as `[a-z0-9-]`, each perhaps with `?`, `*`, `+` or `{1,9}`; several patterns are several entries";
