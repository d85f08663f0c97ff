import { type Diagnostic, errorAt, pointerTo } from "../../model/diagnostic.js";
import { nearest } from "../../model/nearest.js";
import type { YamlSource } from "../yaml/source.js";
import { newMapping, type YamlMapping, type YamlValue } from "../yaml/value.js";
import { asList, asMapping, asText } from "./value.js";

/** As many jobs as a matrix of GitHub Actions may have. */
const MAX_COMBINATIONS = 256;

/** The syntax of GitHub Actions, which collides with nothing that a shell or a Containerfile reads. */
const EXPRESSION = /\$\{\{([^}]*)\}\}/g;
const OF_AXIS = /^\s*matrix\.([A-Za-z0-9_-]+)\s*$/;

type Combination = Readonly<Record<string, string>>;

export interface MatrixExpansion {
  /**
   * One definition for each combination, still with its `matrix`; if there are too many or none, a single one to
   * check.
   */
  readonly values: readonly YamlValue[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The definitions that one with a `matrix` stands for: every combination of its axes without those of `exclude`, then
 * those of `include`. Runs before the schema check, on a value of any shape, and reports what is wrong with `matrix`
 * itself. undefined: the definition has no matrix.
 */
export function expandMatrix(value: YamlValue, source: YamlSource): MatrixExpansion | undefined {
  const definition = asMapping(value);
  if (definition.matrix === undefined || definition.matrix === "") return undefined;
  const { exclude, include, ...rest } = asMapping(definition.matrix);
  const axes = Object.entries(rest).map(([name, values]) => [name, asList(values).map(asText)] as const);
  const diagnostics: Diagnostic[] = [];
  const names = axes.map(([name]) => name);
  checkNames({ exclude, include }, names, source, diagnostics);
  const substitution = new Substitution(names, source, diagnostics);
  const wrongSize = (message: string, hint?: string): MatrixExpansion => {
    diagnostics.push(errorAt(source.at("/matrix", "key"), "matrix-size", message, hint));
    // Other problems of the definition are found in the same run.
    const first = axes.flatMap(([name, [text]]): [string, string][] => (text === undefined ? [] : [[name, text]]));
    return { values: [substitution.apply(value, Object.fromEntries(first))], diagnostics };
  };
  const tooMany = (count: number) =>
    wrongSize(`the matrix has ${count} combinations; at most ${MAX_COMBINATIONS} are allowed`);
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (count > MAX_COMBINATIONS) return tooMany(count);
  const exclusions = asList(exclude).map(textsOf);
  const combinations = [
    ...product(axes).filter((combination) => !exclusions.some((pattern) => covers(pattern, combination))),
    ...asList(include).map(textsOf),
  ];
  if (combinations.length > MAX_COMBINATIONS) return tooMany(combinations.length);
  if (combinations.length === 0) return wrongSize("the matrix has no combination", "give an axis a list of values");
  return { values: combinations.map((combination) => substitution.apply(value, combination)), diagnostics };
}

function product(axes: readonly (readonly [string, readonly string[]])[]): Combination[] {
  // Without an axis there would be one combination of nothing, which nobody asked for.
  if (axes.length === 0) return [];
  let combinations: Combination[] = [{}];
  for (const [name, values] of axes) {
    combinations = combinations.flatMap((before) => values.map((value) => ({ ...before, [name]: value })));
  }
  return combinations;
}

const textsOf = (value: YamlValue): Combination =>
  Object.fromEntries(Object.entries(asMapping(value)).map(([name, text]) => [name, asText(text)]));

const covers = (pattern: Combination, combination: Combination) =>
  Object.entries(pattern).every(([name, value]) => combination[name] === value);

function checkNames(
  lists: Readonly<Record<"exclude" | "include", YamlValue | undefined>>,
  names: readonly string[],
  source: YamlSource,
  diagnostics: Diagnostic[],
): void {
  for (const [list, entries] of Object.entries(lists)) {
    asList(entries).forEach((entry, index) => {
      const pointer = `/matrix/${list}/${index}`;
      const used = Object.keys(asMapping(entry));
      for (const name of used.filter((candidate) => !names.includes(candidate))) {
        diagnostics.push(unknownAxis(name, names, source.at(pointer + pointerTo(name), "key")));
      }
      const missing = names.filter((name) => list === "include" && !used.includes(name));
      if (missing.length > 0)
        diagnostics.push(
          errorAt(source.at(pointer), "missing-key", `the combination says nothing of ${missing.join(", ")}`),
        );
    });
  }
}

function unknownAxis(name: string, names: readonly string[], place: ReturnType<YamlSource["at"]>): Diagnostic {
  const near = nearest(name, names);
  const hint = near === undefined ? `its axes are ${names.join(", ") || "none"}` : `did you mean \`${near}\`?`;
  return errorAt(place, "unknown-axis", `the matrix has no axis \`${name}\``, hint);
}

class Substitution {
  /** Pointers of expressions that were reported: once, not for every combination. */
  readonly #reported = new Set<string>();

  constructor(
    readonly names: readonly string[],
    readonly source: YamlSource,
    readonly diagnostics: Diagnostic[],
  ) {}

  apply(value: YamlValue, combination: Combination): YamlValue {
    const result = newMapping();
    for (const [key, entry] of Object.entries(value)) {
      result[key] = key === "matrix" ? entry : this.#value(entry, pointerTo(key), combination);
    }
    return result;
  }

  #value(value: YamlValue, pointer: string, combination: Combination): YamlValue {
    if (typeof value === "string") return value.includes("${{") ? this.#text(value, pointer, combination) : value;
    if (Array.isArray(value))
      return value.map((entry, index) => this.#value(entry, `${pointer}/${index}`, combination));
    const result: YamlMapping = newMapping();
    for (const [key, entry] of Object.entries(value)) {
      result[key] = this.#value(entry, pointer + pointerTo(key), combination);
    }
    return result;
  }

  #text(text: string, pointer: string, combination: Combination): string {
    return text.replace(EXPRESSION, (all, expression: string) => {
      const axis = OF_AXIS.exec(expression)?.[1];
      const value = axis !== undefined && this.names.includes(axis) ? combination[axis] : undefined;
      if (value === undefined && !this.#reported.has(pointer)) {
        this.#reported.add(pointer);
        const place = this.source.at(pointer);
        this.diagnostics.push(
          axis === undefined
            ? errorAt(place, "unknown-axis", `\`${all}\` is no value of the matrix`, "write `${{ matrix.AXIS }}`")
            : unknownAxis(axis, this.names, place),
        );
      }
      return value ?? all;
    });
  }
}
