import type { YamlValue } from "../../src/load/yaml/value.js";

/** A sequence of numbers below a bound, which fast-check can shrink. */
export class Choices {
  #next = 0;
  #comments = 0;

  constructor(readonly numbers: readonly number[]) {}

  below(bound: number): number {
    const number = this.numbers[this.#next++ % Math.max(1, this.numbers.length)] ?? 0;
    return number % bound;
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  shuffled<T>(entries: readonly T[]): T[] {
    const rest = [...entries];
    return entries.flatMap(() => rest.splice(this.below(rest.length), 1));
  }

  comment(): string {
    return `# comment ${++this.#comments}: 'quoted', {x}`;
  }
}

/** Writes a value as YAML in any layout that people use: order of keys, indentation, quotes, flow and block form, comments, empty lines. */
export function randomYaml(value: YamlValue, choices: Choices): string {
  const head = choices.of(["", "", "---\n", `${choices.comment()}\n\n`, "# yaml-language-server: $schema=x.json\n"]);
  const lines = block(value, 0, choices);
  const foot = choices.of([[], [], [choices.comment()], ["", choices.comment(), ""]]);
  return `${head}${[...lines, ...foot].join("\n")}\n`;
}

function block(value: YamlValue, indent: number, choices: Choices): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => listEntry(entry, indent, choices));
  return choices
    .shuffled(Object.entries(value))
    .flatMap(([key, entry]) => [
      ...above(indent, choices),
      ...keyed(" ".repeat(indent) + keyText(key, choices), entry, indent, choices),
    ]);
}

function listEntry(entry: YamlValue, indent: number, choices: Choices): string[] {
  const dash = `${" ".repeat(indent)}-`;
  const gap = 1 + choices.below(3);
  if (typeof entry === "object" && size(entry) > 0 && choices.below(3) > 0) {
    const inner = block(entry, indent + 1 + gap, choices);
    // Comments and empty lines above the first key would end up beside the dash.
    while (/^\s*(?:#|$)/.test(inner[0] ?? "x")) inner.shift();
    return [...above(indent, choices), dash + " ".repeat(gap) + (inner[0] ?? "").trimStart(), ...inner.slice(1)];
  }
  return [...above(indent, choices), ...scalarOrFlow(dash + " ".repeat(gap), entry, indent, choices)];
}

function keyed(key: string, entry: YamlValue, indent: number, choices: Choices): string[] {
  if (typeof entry === "object" && size(entry) > 0 && choices.below(4) > 0) {
    const least = Array.isArray(entry) ? 0 : 1;
    const comment = choices.of(["", "", `   ${choices.comment()}`]);
    const step = least + choices.below(4);
    const inner = block(entry, indent + step, choices);
    // A comment after a block at the level of its key belongs to the next key.
    const foot = step > 0 && choices.below(4) === 0 ? [" ".repeat(indent + step) + choices.comment()] : [];
    return [`${key}:${comment}`, ...inner, ...foot];
  }
  return scalarOrFlow(`${key}: `, entry, indent, choices);
}

function scalarOrFlow(start: string, value: YamlValue, indent: number, choices: Choices): string[] {
  const comment = choices.of(["", "", "", ` ${choices.comment()}`]);
  if (typeof value === "object") return [`${start}${flow(value, choices, indent)}${comment}`];
  if (/^\S[\s\S]*\n$/.test(value) && choices.below(2) === 0) {
    const pad = " ".repeat(indent + 1 + choices.below(4));
    return [
      `${start}|`,
      ...value
        .split("\n")
        .slice(0, -1)
        .map((line) => (line === "" ? "" : pad + line)),
    ];
  }
  return [`${start}${scalar(value, choices)}${comment}`];
}

function above(indent: number, choices: Choices): string[] {
  const pad = " ".repeat(indent);
  return choices.of<string[]>([
    [],
    [],
    [],
    [],
    [""],
    ["", ""],
    [pad + choices.comment()],
    ["", pad + choices.comment()],
    [pad + choices.comment(), ""],
  ]);
}

function flow(value: YamlValue, choices: Choices, indent: number): string {
  if (typeof value === "string") return scalar(value, choices, true);
  const gap = choices.of(["", " "]);
  const entries = Array.isArray(value)
    ? value.map((entry) => flow(entry, choices, indent))
    : choices
        .shuffled(Object.entries(value))
        .map(([key, entry]) => `${keyText(key, choices)}: ${flow(entry, choices, indent)}`);
  const between = choices.of([", ", ",", " , ", `,\n${" ".repeat(indent + 3)}`]);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}${gap}${entries.join(between)}${gap}${close}`;
}

function scalar(value: string, choices: Choices, inFlow = false): string {
  const style = choices.below(3);
  const isPlain = /^[A-Za-z0-9./~$][A-Za-z0-9 ./~_$+-]*$/.test(value) && !value.endsWith(" ");
  if (style === 0 && isPlain && !(inFlow && value === "")) return value;
  if (style === 1 && !/[\n]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value);
}

const keyText = (key: string, choices: Choices) => choices.of([key, key, key, `"${key}"`]);

const size = (value: YamlValue) => Object.keys(value).length;
