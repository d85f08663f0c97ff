import type { Command, ImageDefinition, NamedValue } from "../../src/model/definition.js";
import type { ImageNode } from "../../src/model/graph.js";
import type { Recipe } from "../../src/model/recipe.js";
import type { Instruction } from "./containerfile.js";
import { imageName } from "./definitions.js";

/** The node of an image that stands alone; `user` is what a parent leaves behind. */
export function loneNode(definition: ImageDefinition, user?: string): ImageNode {
  const parents = definition.origin.type === "parent" ? [imageName(definition.origin.parent)] : [];
  const { name, os = "debian", language = "python3", run } = definition;
  return { name, definition, parents, children: [], level: 0, os, language, user: run.user ?? user };
}

/** The RUN step of `setup` starts with this line; it is Slipway's own. */
const OWN_LINE = /^if \[ -e \/media\/env \]; then \. \/media\/env; fi; export SOURCE_DATE_EPOCH=[0-9]+;$/;

/**
 * What a definition asks for, said once more without a template: the parsed Containerfile must be exactly this. Install
 * steps are shell text; of these only the package specifications are said here.
 */
export function expectedInstructions(definition: ImageDefinition, recipe: Recipe, inherited?: string): Instruction[] {
  const { run, setup, artifacts, origin } = definition;
  const installs = [...new Set(recipe.packages.map(({ manager }) => manager))];
  const root = inherited === undefined || ["root", "0"].includes(inherited.split(":")[0] ?? "");
  const becomes = !root && (installs.length > 0 || setup.length > 0 || run.workdir !== undefined);
  const user = run.user ?? (becomes ? inherited : undefined);
  return [
    { name: "FROM", value: origin.type === "parent" ? `localhost/${origin.parent}` : "scratch" },
    ...(origin.type === "bootstrap" ? [{ name: "ADD", value: "rootfs.tar /" }] : []),
    ...(becomes ? [{ name: "USER", value: "root" }] : []),
    ...installs.map((manager) => ({ name: "RUN", value: specsOf(recipe, manager) })),
    ...artifacts.map(({ target, owner }, index) => ({
      name: "COPY",
      value: [`artifacts/${index}/`, target],
      ...(owner === undefined ? {} : { option: `chown=${owner}` }),
    })),
    ...pairs("ENV", definition.env),
    ...setup.map((command) => ({ name: "RUN", value: words(command, "-ec") })),
    ...pairs("LABEL", definition.labels),
    ...(run.workdir === undefined ? [] : [{ name: "WORKDIR", value: run.workdir }]),
    ...(user === undefined ? [] : [{ name: "USER", value: user }]),
    ...[...definition.ports].sort().map((value) => ({ name: "EXPOSE", value })),
    ...(definition.volumes.length === 0 ? [] : [{ name: "VOLUME", value: [...definition.volumes].sort() }]),
    ...(run.stopsignal === undefined ? [] : [{ name: "STOPSIGNAL", value: run.stopsignal }]),
    ...(run.entrypoint === undefined ? [] : [{ name: "ENTRYPOINT", value: words(run.entrypoint, "-c") }]),
    ...(run.cmd === undefined ? [] : [{ name: "CMD", value: words(run.cmd, "-c") }]),
  ];
}

/** The parsed instructions in the form of the expected ones: install steps by their specifications, setup without its own line. */
export function comparable(instructions: readonly Instruction[]): Instruction[] {
  return instructions.map((instruction) => {
    const { value } = instruction;
    if (typeof value === "string") {
      return instruction.name === "RUN" ? { ...instruction, value: quotedWords(value) } : instruction;
    }
    const [first = "", ...rest] = value[2]?.split("\n") ?? [];
    const own = value[1] === "-ec" && OWN_LINE.test(first);
    return own ? { ...instruction, value: [value[0] ?? "", "-ec", rest.join("\n")] } : instruction;
  });
}

const quotedWords = (text: string) => [...text.matchAll(/^ {8}'([^'\n]*)' $/gm)].map(([, word = ""]) => word);

const specsOf = ({ packages }: Recipe, wanted: string) =>
  packages.flatMap(({ manager, spec }) => (manager === wanted ? [spec] : [])).sort();

const pairs = (name: string, values: readonly NamedValue[]) =>
  [...values].sort((a, b) => (a.name < b.name ? -1 : 1)).map((pair) => ({ name, value: [pair.name, pair.value] }));

const words = (command: Command, option: string) =>
  command.form === "exec" ? command.argv : ["/bin/sh", option, command.text];
