import { isDeepStrictEqual } from "node:util";
import type { ScalarEvent } from "js-yaml";
import { pointerParts } from "../../model/diagnostic.js";
import { parseYaml } from "./parse.js";
import { YamlSource } from "./source.js";
import { newMapping, type YamlMapping, type YamlValue } from "./value.js";

/** One scalar of a document and its replacement. */
export interface YamlEdit {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  /** The current value: positions are worthless once somebody else has changed the file. */
  readonly from: string;
  readonly to: string;
}

export type EditedYaml =
  | { readonly ok: true; readonly text: string }
  /** Nothing in the file may be changed. `pointer`: the edit that cannot be made. */
  | { readonly ok: false; readonly pointer: string; readonly problem: string };

const BYTE_ORDER_MARK = "\ufeff";

/**
 * Replaces scalars and not a single other character: comments, layout, line ends and the quotes of a value stay. The
 * result is read again; unless it says exactly what was meant, nothing is changed at all.
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): EditedYaml {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
  let body = text.slice(mark.length);
  for (const edit of edits) {
    const edited = editScalar(body, edit);
    if (!edited.ok) return edited;
    body = edited.text;
  }
  return { ok: true, text: mark + body };
}

function editScalar(text: string, edit: YamlEdit): EditedYaml {
  const { pointer, to } = edit;
  const refuse = (problem: string) => ({ ok: false, pointer, problem }) as const;
  const before = parseYaml(text);
  if (before.value === undefined || before.problems.length > 0)
    return refuse(before.problems[0]?.message ?? "the file holds no YAML document");
  if (valueAt(before.value, pointer) !== edit.from) return refuse(`${JSON.stringify(edit.from)} no longer stands here`);
  if (!/^[^\s"'\\\p{Cc}]+$/u.test(to)) return refuse(`${JSON.stringify(to)} is not a value that Slipway writes`);
  const scalar = new YamlSource("", text).scalar(pointer);
  const problem = obstacle(text, scalar);
  if (scalar === undefined || problem !== undefined) return refuse(problem ?? "the value has no place of its own");
  const wanted = replaced(before.value, pointerParts(pointer), to);
  // Plain text that would mean something else is quoted.
  for (const word of scalar.style === PLAIN ? [to, `"${to}"`] : [to]) {
    const edited = text.slice(0, scalar.valueStart) + word + text.slice(scalar.valueEnd);
    const after = parseYaml(edited);
    if (after.problems.length === 0 && isDeepStrictEqual(after.value, wanted)) return { ok: true, text: edited };
  }
  return refuse("the edited file would say something else");
}

/** js-yaml's styles (ScalarStyle). */
const PLAIN = 1;
const LITERAL = 4;

function obstacle(text: string, scalar: ScalarEvent | undefined): string | undefined {
  if (scalar === undefined || scalar.valueStart < 0) return "the value has no place of its own";
  if (scalar.anchorStart >= 0) return "the value has an anchor, so that other places may mean it";
  const several = scalar.style >= LITERAL || /[\r\n]/.test(text.slice(scalar.valueStart, scalar.valueEnd));
  return several ? "the value is spread over several lines" : undefined;
}

function valueAt(value: YamlValue, pointer: string): YamlValue | undefined {
  return pointerParts(pointer).reduce<YamlValue | undefined>(child, value);
}

function child(value: YamlValue | undefined, part: string): YamlValue | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9][0-9]*)$/.test(part) ? value[Number(part)] : undefined;
  return typeof value === "object" ? value[part] : undefined;
}

/** The value with one scalar replaced. */
function replaced(value: YamlValue, [part, ...rest]: readonly string[], to: string): YamlValue {
  if (part === undefined) return to;
  if (Array.isArray(value)) {
    return value.map((entry, index) => (String(index) === part ? replaced(entry, rest, to) : entry));
  }
  const mapping: YamlMapping = Object.assign(newMapping(), value);
  const entry = mapping[part];
  if (entry !== undefined) mapping[part] = replaced(entry, rest, to);
  return mapping;
}
