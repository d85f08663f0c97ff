import type { YAMLException } from "js-yaml";
import { MAX_YAML_DEPTH } from "../limits.js";
import type { YamlProblem } from "./value.js";

/** Reasons of js-yaml (5.5, parser.ts) that an author of YAML would not understand, with what usually causes them. */
const EXPLANATIONS: readonly (readonly [reason: RegExp, message: string, hint?: string])[] = [
  [/^tab characters must not/, "a tab is used for indentation", "indent with spaces"],
  [
    /^bad indentation of a mapping entry/,
    "the indentation does not fit, or a value with `: ` in it is not quoted",
    "align the keys of one mapping; quote text that holds `: `",
  ],
  [
    /^bad indentation of a sequence entry/,
    "the indentation of this list entry does not fit",
    "align the dashes of one list",
  ],
  [
    /^deficient indentation/,
    "a bracket, brace or quote above is never closed, or this line is not indented far enough",
  ],
  [/^missed comma between flow/, "a comma is missing between two entries", "write [a, b] or {a: 1, b: 2}"],
  [/^unexpected end of the stream within a flow/, "a bracket or brace is never closed"],
  [/^unexpected end of the (?:stream|document) within a (?:single|double) quoted/, "a quoted text is never closed"],
  [
    /^unknown escape sequence/,
    "unknown escape in a double-quoted text",
    "write \\\\ for a backslash, or use single quotes",
  ],
  [/^expected hexadecimal/, "an escape in a double-quoted text needs hexadecimal digits"],
  [/^can not read a block mapping entry/, "a `:` is missing after this key, or its value is not indented"],
  [/^expected ':' after a mapping key/, "a `:` is missing after this key"],
  [/^a whitespace character is expected after/, "a space is missing after `:`"],
  [
    /^end of the stream or a document separator/,
    "this does not fit the structure above it",
    "check the indentation; quote text that starts with a special character",
  ],
  [
    /non-printable characters|expected valid JSON character/,
    "the text holds a control character",
    "remove it, or write it as an escape in double quotes",
  ],
];

/** Turns the parser's error into a problem with a position and a clearer message. */
export function explainSyntax(error: YAMLException): YamlProblem {
  const offset = error.mark?.position ?? 0;
  if (error.reason.startsWith("nesting exceeded")) {
    return {
      code: "yaml-depth",
      offset,
      message: `lists and mappings are nested more than ${MAX_YAML_DEPTH} levels deep`,
    };
  }
  const explanation = EXPLANATIONS.find(([reason]) => reason.test(error.reason));
  const [, message, hint] = explanation ?? [undefined, error.reason];
  return {
    code: "yaml-syntax",
    offset,
    message: `not valid YAML: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
