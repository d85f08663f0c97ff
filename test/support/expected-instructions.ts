import type { Catalogue } from "../../src/model/catalogue.js";
import type { Command, Healthcheck, ImageDefinition, NamedValue } from "../../src/model/definition.js";
import type { ImageNode, Stage } from "../../src/model/graph.js";
import type { Platform } from "../../src/model/names.js";
import type { Recipe } from "../../src/model/recipe.js";
import type { Instruction } from "./containerfile.js";
import { imageName } from "./definitions.js";

/** The node of an image that stands alone; `user` is what a parent leaves behind. */
export function loneNode(definition: ImageDefinition, user?: string, bases: Catalogue["bases"] = new Map()): ImageNode {
  const { name, origin, os = "debian", language = "python3", run } = definition;
  const parent = origin.type === "parent" ? imageName(origin.parent) : undefined;
  const base: Stage["base"] =
    parent !== undefined
      ? { type: "image", image: parent }
      : origin.type === "bootstrap"
        ? { type: "bootstrap", bootstrap: origin.bootstrap }
        : external(definition, bases);
  const inherited = { os, language, user, shell: undefined };
  const own = { os, language, user: run.user ?? user };
  const stage = { name: undefined, base, ...own, shell: run.shell, inherited, bodies: [definition] as const };
  const parents = parent === undefined ? [] : [parent];
  const platform = "linux/amd64" as Platform;
  return { name, definition, parent, parents, children: [], level: 0, platform, stages: [stage], ...own };
}

function external({ origin }: ImageDefinition, bases: Catalogue["bases"]): Stage["base"] {
  const base = origin.type === "from" ? bases.get(origin.ref) : undefined;
  return base === undefined ? { type: "scratch" } : { type: "external", base };
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
    ...setup.map((command) => ({ name: "RUN", value: setupWords(command, run.shell) })),
    ...pairs("LABEL", definition.labels),
    ...(run.workdir === undefined ? [] : [{ name: "WORKDIR", value: run.workdir }]),
    ...(user === undefined ? [] : [{ name: "USER", value: user }]),
    ...[...definition.ports].sort().map((value) => ({ name: "EXPOSE", value })),
    ...(definition.volumes.length === 0 ? [] : [{ name: "VOLUME", value: [...definition.volumes].sort() }]),
    ...(run.stopsignal === undefined ? [] : [{ name: "STOPSIGNAL", value: run.stopsignal }]),
    ...(run.shell === undefined ? [] : [{ name: "SHELL", value: run.shell }]),
    ...(run.healthcheck === undefined ? [] : [healthcheck(run.healthcheck, run.shell)]),
    ...(run.entrypoint === undefined ? [] : [{ name: "ENTRYPOINT", value: words(run.entrypoint, run.shell) }]),
    ...(run.cmd === undefined ? [] : [{ name: "CMD", value: words(run.cmd, run.shell) }]),
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
    return own ? { ...instruction, value: [value[0] ?? "", "-ec", rest.join("\n"), ...value.slice(3)] } : instruction;
  });
}

const quotedWords = (text: string) => [...text.matchAll(/^ {8}'([^'\n]*)' $/gm)].map(([, word = ""]) => word);

const specsOf = ({ packages }: Recipe, wanted: string) =>
  packages.flatMap(({ manager, spec }) => (manager === wanted ? [spec] : [])).sort();

const pairs = (name: string, values: readonly NamedValue[]) =>
  [...values].sort((a, b) => (a.name < b.name ? -1 : 1)).map((pair) => ({ name, value: [pair.name, pair.value] }));

const words = (command: Command, shell: readonly string[] = ["/bin/sh", "-c"]) =>
  command.form === "exec" ? command.argv : [...shell, command.text];

function setupWords(command: Command, shell: readonly string[] | undefined): readonly string[] {
  if (command.form === "exec") return command.argv;
  if (shell === undefined) return ["/bin/sh", "-ec", command.text];
  return ["/bin/sh", "-ec", 'exec "$@"', "sh", ...shell, command.text];
}

function healthcheck(check: Healthcheck, shell: readonly string[] | undefined): Instruction {
  if (check.type === "none") return { name: "HEALTHCHECK", value: "NONE" };
  const command = `CMD ${JSON.stringify(words(check.command, shell))}`.replace(/[\u2028\u2029]/g, escaped);
  if (check.retries === undefined) return { name: "HEALTHCHECK", value: command };
  return { name: "HEALTHCHECK", option: `retries=${check.retries}`, value: command };
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16)}`;
