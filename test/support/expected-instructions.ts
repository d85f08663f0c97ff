import type { Catalogue } from "../../src/model/catalogue.js";
import type { Command, Healthcheck, ImageDefinition, NamedValue, RunConfig } from "../../src/model/definition.js";
import { durationText } from "../../src/model/duration.js";
import type { ImageNode, Stage } from "../../src/model/graph.js";
import type { Platform } from "../../src/model/names.js";
import type { Recipe, RecipePackage } from "../../src/model/recipe.js";
import type { Instruction } from "./containerfile.js";
import { imageName } from "./definitions.js";

/** The node of a single image; `user` is the user that its parent sets. */
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

/** The line with which Slipway starts the RUN step of `setup`. */
const OWN_LINE =
  /^if \[ -e \/media\/env \]; then \. \/media\/env; fi; export SOURCE_DATE_EPOCH=[0-9]+ PYTHONDONTWRITEBYTECODE=1;$/;

/**
 * A second, independent rendering of a definition, without templates: the parsed Containerfile must be exactly this. Install
 * steps are shell text, of which only the package arguments are compared.
 */
export function expectedInstructions(definition: ImageDefinition, recipe: Recipe, inherited?: string): Instruction[] {
  const copies = definition.artifacts.map(({ target, owner }, index) => ({
    name: "COPY",
    value: [`artifacts/${index}/`, target],
    ...(owner === undefined ? {} : { option: `chown=${owner}` }),
  }));
  const [stage] = loneNode(definition, inherited).stages;
  // An external base is tested elsewhere.
  return expectedStage(
    { ...stage, base: stage.base.type === "external" ? { type: "scratch" } : stage.base },
    recipe.packages,
    copies,
  );
}

/** The same for every stage of an image; `copies` are the COPY instructions of each. */
export function expectedStages(
  { stages }: ImageNode,
  { packages }: Recipe,
  copies: (stage: Stage) => readonly Instruction[],
): Instruction[] {
  return stages.flatMap((stage) =>
    expectedStage(
      stage,
      packages.filter((entry) => entry.stage === stage.name),
      copies(stage),
    ),
  );
}

function expectedStage(
  stage: Stage,
  packages: readonly RecipePackage[],
  copies: readonly Instruction[],
): Instruction[] {
  const { bodies, shell, name, os } = stage;
  const run: RunConfig = Object.assign({}, ...bodies.map((body) => body.run));
  const setup = bodies.flatMap((body) => body.setup);
  const managers = (["system", "runtime"] as const).flatMap((kind) =>
    packages.flatMap((entry) => (entry.kind === kind ? [entry.manager] : [])),
  );
  const installs = [...new Set(managers)];
  const inherited = stage.inherited.user;
  const root = inherited === undefined || ["root", "0"].includes(inherited.split(":")[0] ?? "");
  const becomes = !root && (installs.length > 0 || setup.length > 0 || run.workdir !== undefined);
  const user = run.user ?? (becomes ? inherited : undefined);
  const volumes = sorted(bodies, "volumes");
  const ofImage = name === undefined;
  return [
    { name: "FROM", value: `${start(stage)}${ofImage ? "" : ` AS ${name}`}` },
    ...(stage.base.type === "bootstrap" ? [{ name: "ADD", value: "rootfs.tar /" }] : []),
    ...(becomes ? [{ name: "USER", value: "root" }] : []),
    ...installs.map((manager) => ({ name: "RUN", value: specsOf(packages, manager) })),
    ...copies,
    ...pairs(
      "ENV",
      bodies.flatMap((body) => body.env),
    ),
    ...setup.map((command) => ({ name: "RUN", value: setupWords(command, shell, os) })),
    ...pairs(
      "LABEL",
      bodies.flatMap((body) => body.labels),
    ),
    ...(run.workdir === undefined ? [] : [{ name: "WORKDIR", value: run.workdir }]),
    ...(user === undefined ? [] : [{ name: "USER", value: user }]),
    ...sorted(bodies, "ports").map((value) => ({ name: "EXPOSE", value })),
    ...(volumes.length === 0 ? [] : [{ name: "VOLUME", value: volumes }]),
    ...(run.stopsignal === undefined ? [] : [{ name: "STOPSIGNAL", value: run.stopsignal }]),
    ...(run.shell === undefined || !ofImage ? [] : [{ name: "SHELL", value: run.shell }]),
    ...(run.healthcheck === undefined || !ofImage ? [] : [healthcheck(run.healthcheck, shell)]),
    ...(run.entrypoint === undefined ? [] : [{ name: "ENTRYPOINT", value: words(run.entrypoint, shell) }]),
    ...(run.cmd === undefined ? [] : [{ name: "CMD", value: words(run.cmd, shell) }]),
  ];
}

function start({ base }: Stage): string {
  if (base.type === "image") return `localhost/${base.image}`;
  if (base.type === "stage") return base.stage;
  return base.type === "external" ? `${base.base.ref.replace(/:[^/:]*$/, "")}@${base.base.digest}` : "scratch";
}

/** The parsed instructions in the form of the expected ones: install steps as their package arguments, setup without Slipway's line. */
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

const specsOf = (packages: readonly RecipePackage[], wanted: string) =>
  packages.flatMap(({ manager, argument }) => (manager === wanted ? [argument] : [])).sort();

/** Sorted as text. A value that one body repeats stays twice; a value that several bodies share appears once. */
const sorted = (bodies: Stage["bodies"], key: "ports" | "volumes"): readonly string[] => {
  const values = bodies.flatMap((body) => body[key]);
  return (bodies.length === 1 ? values : [...new Set(values)]).sort();
};

const pairs = (name: string, values: readonly NamedValue[]) =>
  [...new Map(values.map((pair) => [pair.name, pair.value]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((value) => ({ name, value }));

const words = (command: Command, shell: readonly string[] = ["/bin/sh", "-c"]) =>
  command.form === "exec" ? command.argv : [...shell, command.text];

function setupWords(command: Command, shell: readonly string[] | undefined, os: string | undefined): readonly string[] {
  if (command.form === "exec") return command.argv;
  if (shell === undefined) return ["/bin/sh", "-ec", command.text];
  if (os === undefined) return [...shell, command.text];
  return ["/bin/sh", "-ec", 'exec "$@"', "sh", ...shell, command.text];
}

function healthcheck(check: Healthcheck, shell: readonly string[] | undefined): Instruction {
  if (check.type === "none") return { name: "HEALTHCHECK", value: "NONE" };
  const value = `CMD ${JSON.stringify(words(check.command, shell))}`.replace(/[\u2028\u2029]/g, escaped);
  const { interval, timeout, startPeriod, retries } = check;
  const durations = { interval, timeout, "start-period": startPeriod };
  const options = [
    ...Object.entries(durations).flatMap(([name, time]) =>
      time === undefined ? [] : [`${name}=${durationText(time)}`],
    ),
    ...(retries === undefined ? [] : [`retries=${retries}`]),
  ];
  return options.length === 0
    ? { name: "HEALTHCHECK", value }
    : { name: "HEALTHCHECK", option: options.join(" "), value };
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16)}`;
