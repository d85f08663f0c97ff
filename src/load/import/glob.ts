/** A condition on one character of a name; a star is any number of characters. */
type Token = "star" | ((char: string) => boolean);

/**
 * Patterns of Docker (Go's filepath.Match, and `**` for any number of folders), for whole paths. Not regular
 * expressions, which can take forever on patterns made for it: this takes time proportional to the length of the
 * pattern times that of the path.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const segments = pattern.split("/").map((part) => (part === "**" ? part : tokensOf(part)));
  return (path) => matchesPath(segments, path.split("/"));
}

function matchesPath(segments: readonly ("**" | readonly Token[])[], parts: readonly string[]): boolean {
  // Whether the segments so far match the first so many parts.
  let reached: boolean[] = [true, ...parts.map(() => false)];
  for (const segment of segments) {
    const next = reached.map(() => false);
    for (let at = 0; at <= parts.length; at++) {
      if (segment === "**") next[at] = reached[at] === true || (at > 0 && next[at - 1] === true);
      else if (at > 0) next[at] = reached[at - 1] === true && matchesName(segment, parts[at - 1] ?? "");
    }
    reached = next;
  }
  return reached[parts.length] === true;
}

function matchesName(tokens: readonly Token[], name: string): boolean {
  let [token, char] = [0, 0];
  // Where to continue if what follows the last star does not fit: the star takes one more.
  let [star, retry] = [-1, 0];
  while (char < name.length) {
    const expected = tokens[token];
    if (expected === "star") {
      star = token++;
      retry = char;
    } else if (expected?.(name.charAt(char))) {
      token++;
      char++;
    } else if (star >= 0) {
      token = star + 1;
      char = ++retry;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest === "star");
}

function tokensOf(part: string): Token[] {
  const pieces = part.match(/\*+|\?|\[\^?[^\]]+\]|\\.|./gsu) ?? [];
  return pieces.map((piece): Token => {
    if (piece.startsWith("*")) return "star";
    if (piece === "?") return () => true;
    if (piece.length > 2 && piece.startsWith("[")) return classOf(piece.slice(1, -1));
    const wanted = piece.startsWith("\\") ? piece.slice(1) : piece;
    return (char) => char === wanted;
  });
}

function classOf(text: string): Token {
  const isNot = text.startsWith("^");
  const ranges = (isNot ? text.slice(1) : text).match(/.-.|./gs) ?? [];
  return (char) => ranges.some((range) => char >= range.charAt(0) && char <= range.charAt(range.length - 1)) !== isNot;
}

/**
 * Reads .dockerignore: whether Docker leaves a path of the context out. `!` includes again; a folder stands for
 * everything in it.
 */
export function readDockerignore(text: string): (path: string) => boolean {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const parts = line.replace(/^!/, "").trim().split("/");
      const pattern = parts.filter((part) => part !== "" && part !== ".").join("/");
      const [file, below] = [globMatcher(pattern), globMatcher(`${pattern}/**`)];
      return { isBack: line.startsWith("!"), matches: (path: string) => file(path) || below(path) };
    });
  return (path) => rules.reduce((ignored, { isBack, matches }) => (matches(path) ? !isBack : ignored), false);
}
