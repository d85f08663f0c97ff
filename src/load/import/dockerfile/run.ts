import type { Position } from "../../../model/diagnostic.js";
import { shellQuote } from "../../../model/shell-quote.js";
import * as textForm from "../../kinds/schema/forms/texts.js";
import { copyNearby } from "../copying.js";
import { fits } from "../fits.js";
import {
  type InstallCommand,
  installsPackages,
  isHousekeeping,
  readInstall,
  usesManager,
} from "../install-commands.js";
import { commented, packageOf } from "../native.js";
import { absolute, lastPart } from "../paths.js";
import { type ShellCommand, splitCommands, wordsOf } from "../shell.js";
import { type DockerfileInstruction, hereDocuments } from "./instructions.js";
import { type DockerTools, overtake, type StageState, valueIn } from "./stage.js";
import { jsonWords } from "./words.js";

/** Longer commands are written one below the other. */
const MAX_LINE = 100;

/** RUN: commands that install packages by name become packages, all others setup. */
export function readRun(instruction: DockerfileInstruction, state: StageState, tools: DockerTools): void {
  const { text, place } = instruction;
  readFlags(instruction, tools);
  const here = hereDocuments(text);
  if (here !== undefined) {
    readHere(instruction, here, state, tools);
    return;
  }
  const argv = jsonWords(text);
  if (argv !== undefined) {
    const install = readInstall(argv);
    if (install === undefined || !addPackages(install, place, state, tools)) addExec(argv, place, state, tools);
    return;
  }
  const commands = splitCommands(text);
  const parts = commands === undefined ? undefined : partsOf(commands, state);
  if (parts !== undefined && addParts(parts, place, state, tools)) return;
  if (installsPackages(text))
    tools.notes.warning(
      place,
      "the packages that this installs stay in setup, where no approved list is asked",
      "it does more than installing packages by name: take that apart, or name them in `system-packages` or `runtime-packages`",
    );
  addShell(commands === undefined ? text : joined(commands), place, state, tools);
}

function readFlags({ flags }: DockerfileInstruction, { notes }: DockerTools): void {
  for (const { name, value, place } of flags) {
    const isCache = name === "mount" && /(?:^|,)type=cache(?:,|$)/.test(value);
    if (isCache) notes.note(place, "the cache mount is left out: packages are cached for all builds of a machine");
    else if (name === "mount")
      notes.warning(place, `\`--mount=${value}\` is not carried over`, "copy what the command needs as an artifact");
    else notes.warning(place, `\`--${name}=${value}\` is not carried over`);
  }
}

interface Parts {
  readonly installs: readonly InstallCommand[];
  readonly rest: readonly ShellCommand[];
  /** Commands that package managers need, but nothing here does. */
  readonly house: readonly string[];
}

/** undefined: its packages cannot be separated from the rest. */
function partsOf(commands: readonly ShellCommand[], state: StageState): Parts | undefined {
  const installs: InstallCommand[] = [];
  const rest: ShellCommand[] = [];
  const house: string[] = [];
  for (const command of commands) {
    const words = wordsOf(command.text, valueIn(state));
    const install = words === undefined ? undefined : readInstall(words);
    if (install !== undefined) {
      // What came before it would come after it.
      if (rest.some(({ text }) => !/^set [-+]/.test(text))) return undefined;
      installs.push(install);
    } else if (isHousekeeping(command.text)) house.push(command.text);
    else rest.push(command);
  }
  if (installs.length + house.length === 0 || rest.some(({ text }) => usesManager(text))) return undefined;
  return { installs, rest: rest.every(({ text }) => /^set [-+]/.test(text)) ? [] : rest, house };
}

function addParts({ installs, rest, house }: Parts, place: Position, state: StageState, tools: DockerTools): boolean {
  if (!installs.every((install) => isPossible(install, place, state, tools))) return false;
  for (const install of installs) if (!addPackages(install, place, state, tools)) return false;
  if (house.length > 0)
    tools.notes.note(
      place,
      `left out, because package lists and caches are never kept: ${house.map((text) => `\`${text}\``).join(", ")}`,
    );
  if (rest.length > 0) addShell(joined(rest), place, state, tools);
  return true;
}

/** An image has packages of one language only, and a manifest must be a file of the document's folder. */
function isPossible(
  { manager, manifests }: InstallCommand,
  place: Position,
  state: StageState,
  { notes }: DockerTools,
) {
  const { language } = manager;
  if (language !== undefined && state.language !== undefined && state.language !== language) {
    notes.warning(place, `packages of ${language} stay in setup: the image has those of ${state.language}`);
    return false;
  }
  const missing = manifests.filter((manifest) => sourceOf(manifest, state) === undefined);
  for (const manifest of missing)
    notes.warning(place, `\`${manifest}\` was not copied by this file, so its packages stay in setup`);
  return missing.length === 0;
}

function addPackages(install: InstallCommand, place: Position, state: StageState, tools: DockerTools): boolean {
  if (!isPossible(install, place, state, tools)) return false;
  const { manager, packages, manifests, recommends } = install;
  const { body } = state;
  const { notes } = tools;
  overtake("packages", place, state, notes);
  const list = manager.language === undefined ? body.systemPackages : body.runtimePackages;
  for (const { name, version, lost } of packages) {
    if (lost !== undefined)
      notes.warning(place, `the approved list decides on the version of \`${name}\`: \`${lost}\` is not exact`);
    const entry = packageOf(name, version);
    const key = `${manager.name} ${name} ${version}`;
    if (state.packages.has(key)) continue;
    state.packages.add(key);
    list.push(lost === undefined ? entry : commented(`was: ${lost}`, entry));
  }
  if (recommends) notes.note(place, "packages that apt only recommends are not installed: add those that are needed");
  state.language ??= manager.language;
  if (manager.language === undefined && state.os === undefined) {
    state.os = manager.system;
    state.osIsGuess = true;
  }
  for (const manifest of manifests) addManifest(manifest, place, state, tools);
  return true;
}

function addManifest(manifest: string, place: Position, state: StageState, tools: DockerTools): void {
  const source = sourceOf(manifest, state);
  if (source === undefined) return;
  const { body } = state;
  const copied = copyNearby({ path: source, folder: tools.folder, place }, { files: tools.document.files, ...tools });
  if (copied === undefined) return;
  if (body.runtimeManifest !== undefined && body.runtimeManifest !== copied.path)
    tools.notes.warning(place, `\`${manifest}\` is not carried over: an image has one manifest`, "join the files");
  else body.runtimeManifest = copied.path;
}

/** The file of the document that is at a path of the image so far. */
function sourceOf(path: string, { copied, workdir = "/" }: StageState): string | undefined {
  const target = absolute(path, workdir);
  for (const { from, to, isDirectory } of [...copied].reverse()) {
    if (!isDirectory && to === target) return from;
    const inside = to === "/" ? "/" : `${to}/`;
    if (isDirectory && target.startsWith(inside))
      return `${from === "." ? "" : `${from}/`}${target.slice(inside.length)}`;
  }
  return undefined;
}

function joined(commands: readonly ShellCommand[]): string {
  const length = commands.reduce((sum, { text }) => sum + text.length + 4, 0);
  const isLong = length > MAX_LINE || commands.some(({ text }) => text.includes("\n"));
  return commands
    .map(({ joint, text }, index) => {
      if (index === 0) return text;
      if (joint === ";") return isLong ? `\n${text}` : `; ${text}`;
      return isLong ? ` &&\n${text}` : ` && ${text}`;
    })
    .join("");
}

function addShell(text: string, place: Position, state: StageState, tools: DockerTools): void {
  const before = [...argumentsIn(text, place, state, tools), ...enterWorkdir(state)];
  const separator = text.includes("\n") ? " &&\n" : " && ";
  addSetup([...before, text].join(separator), place, state, tools);
}

/** Arguments are variables of a RUN; here the command itself sets those that it names. */
function argumentsIn(text: string, place: Position, { args, env }: StageState, { notes }: DockerTools): string[] {
  const names = new Set([...text.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name = ""]) => name));
  return [...names].flatMap((name) => {
    if (!args.has(name) || env.has(name)) return [];
    const value = args.get(name);
    if (value !== undefined) return [`export ${name}=${shellQuote(value)}`];
    notes.warning(place, `the argument \`${name}\` has no value here`, "set it in the command");
    return [];
  });
}

function enterWorkdir({ workdir, directories }: StageState): string[] {
  if (workdir === undefined || workdir === "/") return [];
  return [...(directories.has(workdir) ? [] : [`mkdir -p ${shellQuote(workdir)}`]), `cd ${shellQuote(workdir)}`];
}

/** A list is executed as it is; if it has to start in a directory, a shell changes to that first. */
function addExec(argv: readonly string[], place: Position, state: StageState, tools: DockerTools): void {
  const before = enterWorkdir(state);
  addSetup(
    before.length === 0 ? argv : ["/bin/sh", "-c", `${before.join(" && ")} && exec "$@"`, "sh", ...argv],
    place,
    state,
    tools,
  );
}

function addSetup(
  command: string | readonly string[],
  place: Position,
  state: StageState,
  { notes }: DockerTools,
): void {
  const { user } = state;
  const isFit =
    typeof command === "string"
      ? fits(textForm.COMMAND, command)
      : command.every((word) => fits(textForm.ANY_TEXT, word));
  if (!isFit) {
    notes.warning(place, "the command is not carried over: it holds control characters, or is empty");
    return;
  }
  if (user !== undefined && !user.isSaid && !/^(?:root|0)(?::|$)/.test(user.name)) {
    user.isSaid = true;
    notes.warning(
      place,
      `this ran as the user ${user.name}; setup runs as root`,
      `give what it makes to ${user.name}: chown`,
    );
  }
  state.body.setup.push(command);
  state.waiting.push(place);
}

/** A here document is a script; a command that reads one is text for the shell as it is. */
function readHere(
  { text, place }: DockerfileInstruction,
  { head, documents }: NonNullable<ReturnType<typeof hereDocuments>>,
  state: StageState,
  tools: DockerTools,
): void {
  const [script] = documents;
  if (script === undefined || !/^<<-?(["']?)[^\s"']+\1$/.test(head.trim())) {
    addShell(text, place, state, tools);
    return;
  }
  const interpreter = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(script.text);
  if (interpreter === null) {
    addShell(script.text.replace(/\n$/, ""), place, state, tools);
    return;
  }
  const [, program = "", argument] = interpreter;
  const name = lastPart(program === "/usr/bin/env" ? (argument ?? "") : program);
  if (!/^(?:sh|bash|dash|ash|python3?|perl|ruby|node)$/.test(name)) {
    tools.notes.warning(
      place,
      `the script for \`${program}\` is not carried over`,
      "copy it as an artifact and run it in setup",
    );
    return;
  }
  const words = program === "/usr/bin/env" ? [program, name] : [program, ...(argument === undefined ? [] : [argument])];
  addExec([...words, /^(?:node|perl|ruby)$/.test(name) ? "-e" : "-c", script.text], place, state, tools);
}
