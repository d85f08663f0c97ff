import type { Position } from "../../../model/diagnostic.js";
import * as addressForm from "../../kinds/schema/forms/addresses.js";
import * as nameForm from "../../kinds/schema/forms/names.js";
import * as pathForm from "../../kinds/schema/forms/paths.js";
import * as personForm from "../../kinds/schema/forms/people.js";
import * as textForm from "../../kinds/schema/forms/texts.js";
import * as valueForm from "../../kinds/schema/forms/values.js";
import { fits } from "../fits.js";
import { mapping, type NativeValue, plain } from "../native.js";
import { noteDanger } from "../note-danger.js";
import { absolute } from "../paths.js";
import type { DockerfileInstruction } from "./instructions.js";
import { type DockerTools, expand, overtake, replace, type StageState, valueIn, warnMissing } from "./stage.js";
import { expandWord, jsonWords, splitWords } from "./words.js";

/** Ports of one range: nobody reads a longer list of ports. */
const MAX_PORTS = 100;

type Reader = (instruction: DockerfileInstruction, state: StageState, tools: DockerTools) => void;

/** Name and value, still with quotes and variables. `NAME value` is the old form, of one pair. */
function pairsOf(text: string, escapeChar: string): [string, string][] {
  const words = splitWords(text, escapeChar);
  if (words[0] !== undefined && !words[0].includes("=")) {
    const value = text.trimStart().slice(words[0].length).trim();
    return [[words[0], value]];
  }
  return words.map((word) => {
    const at = word.indexOf("=");
    return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  });
}

const readEnv: Reader = ({ text, place }, state, tools) => {
  overtake("ENV", place, state, tools.notes);
  // All pairs of one instruction see the values from before it.
  const values = new Map<string, string>();
  for (const [name, raw] of pairsOf(text, tools.escapeChar)) {
    const { text: value, missing } = expandWord(raw, valueIn(state), tools.escapeChar);
    if (missing.length > 0)
      tools.notes.warning(
        place,
        `the variable \`${name}\` is not carried over: ${missing.map((word) => `\`${word}\``).join(", ")} has no value here`,
        "what the base has is not known; write the whole value into `env`",
      );
    else if (!fits(nameForm.ENV_NAME, name) || !fits(textForm.ANY_TEXT, value))
      tools.notes.warning(
        place,
        `the variable \`${name}\` is not carried over: it must be ${nameForm.ENV_NAME.patternErrorMessage}`,
      );
    else values.set(name, value);
  }
  for (const [name, value] of values) {
    noteDanger(tools.notes, place, name, value);
    state.env.set(name, value);
    state.body.env.set(name, value);
  }
};

const readLabel: Reader = ({ text, place }, state, tools) => {
  for (const [rawName, raw] of pairsOf(text, tools.escapeChar)) {
    const name = expand(rawName, state, place, tools);
    const value = expand(raw, state, place, tools);
    if (fits(nameForm.LABEL_NAME, name) && fits(textForm.ANY_TEXT, value)) state.body.labels.set(name, value);
    else
      tools.notes.warning(
        place,
        `the label \`${name}\` is not carried over: names are ${nameForm.LABEL_NAME.patternErrorMessage}`,
      );
  }
};

const readExpose: Reader = ({ text, place }, state, tools) => {
  for (const raw of splitWords(text, tools.escapeChar)) {
    const word = expand(raw, state, place, tools).replace(/\/tcp$/, "");
    const [, first = "", last = first, protocol = ""] = /^([0-9]+)(?:-([0-9]+))?(\/[a-z]+)?$/.exec(word) ?? [];
    const count = Number(last) - Number(first) + 1;
    const ports = Array.from(
      { length: Math.max(0, Math.min(count, MAX_PORTS + 1)) },
      (_, at) => `${Number(first) + at}${protocol}`,
    );
    if (
      first === "" ||
      count < 1 ||
      count > MAX_PORTS ||
      !ports.every((port) => fits(addressForm.PORT_AND_PROTOCOL, port))
    )
      tools.notes.warning(place, `the port \`${word}\` is not carried over`);
    else
      for (const port of ports)
        if (!state.ports.has(port)) {
          state.ports.add(port);
          state.body.ports.push(plain(port));
        }
  }
};

const readVolume: Reader = ({ text, place }, state, tools) => {
  for (const raw of jsonWords(text) ?? splitWords(text, tools.escapeChar)) {
    const path = absolute(expand(raw, state, place, tools), state.workdir);
    if (!fits(pathForm.ABSOLUTE_PATH, path)) tools.notes.warning(place, `the volume \`${path}\` is not carried over`);
    else if (!state.body.volumes.includes(path)) state.body.volumes.push(path);
  }
};

const readUser: Reader = ({ text, place }, state, tools) => {
  const user = expand(text, state, place, tools);
  if (!fits(personForm.OWNER, user)) {
    tools.notes.warning(
      place,
      `the user \`${user}\` is not carried over: it must be ${personForm.OWNER.patternErrorMessage}`,
    );
    return;
  }
  state.user = { name: user, isSaid: false };
  state.body.run.set("user", user);
};

const readWorkdir: Reader = ({ text, place }, state, tools) => {
  const word = expand(text, state, place, tools);
  if (!word.startsWith("/") && state.workdir === undefined)
    tools.notes.warning(
      place,
      `\`${word}\` is taken to be below /: which directory the base works in is not known here`,
    );
  const path = absolute(word, state.workdir);
  if (!fits(pathForm.ABSOLUTE_PATH, path)) {
    tools.notes.warning(
      place,
      `the directory \`${path}\` is not carried over: it must be ${pathForm.ABSOLUTE_PATH.patternErrorMessage}`,
    );
    return;
  }
  state.workdir = path;
  state.body.run.set("workdir", path);
};

/** A command in one of its two forms; text for a shell keeps its variables. */
function commandOf(text: string, place: Position, { notes }: DockerTools): NativeValue | undefined {
  const argv = jsonWords(text);
  if (argv?.length === 0) return undefined;
  if (argv?.every((word) => fits(textForm.ANY_TEXT, word))) return argv;
  if (argv === undefined && fits(textForm.COMMAND, text)) return text;
  notes.warning(place, "the command is not carried over: it is empty, or holds control characters");
  return undefined;
}

const readCommand =
  (key: "entrypoint" | "cmd"): Reader =>
  ({ text, place, keyword }, state, tools) => {
    replace(keyword, place, state, tools.notes);
    const command = commandOf(text, place, tools);
    if (command === undefined) state.body.run.delete(key);
    else state.body.run.set(key, command);
  };

const readStopsignal: Reader = ({ text, place, keyword }, state, tools) => {
  replace(keyword, place, state, tools.notes);
  const signal = expand(text, state, place, tools);
  if (fits(valueForm.SIGNAL, signal)) state.body.run.set("stopsignal", signal);
  else
    tools.notes.warning(
      place,
      `the signal \`${signal}\` is not carried over: it must be ${valueForm.SIGNAL.patternErrorMessage}`,
    );
};

const readShell: Reader = ({ text, place, keyword }, state, tools) => {
  const argv = jsonWords(text);
  if (argv === undefined || argv.length === 0) {
    tools.notes.error(place, "SHELL needs a list in JSON form");
    return;
  }
  if (state.body.setup.length > 0)
    tools.notes.warning(place, "the commands above this run in this shell too: an image has one");
  replace(keyword, place, state, tools.notes);
  state.body.run.set("shell", argv);
};

const CHECK_FLAGS = ["interval", "timeout", "start-period", "retries"];

const readHealthcheck: Reader = ({ text, flags, place, keyword }, state, tools) => {
  replace(keyword, place, state, tools.notes);
  const [, word = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (word.toUpperCase() === "NONE") {
    state.body.run.set("healthcheck", "none");
    return;
  }
  const command = word.toUpperCase() === "CMD" ? commandOf(rest.trim(), place, tools) : undefined;
  if (command === undefined) {
    tools.notes.error(place, "HEALTHCHECK needs NONE, or CMD and a command");
    return;
  }
  const settings = new Map<string, string>();
  for (const flag of flags) {
    const { name, value } = flag;
    const fit = name === "retries" ? /^[1-9][0-9]{0,2}$/.test(value) : fits(valueForm.DURATION, value);
    if (CHECK_FLAGS.includes(name) && fit) settings.set(name, value);
    else tools.notes.warning(flag.place, `\`--${name}=${value}\` is not carried over`);
  }
  const [interval, timeout, start, retries] = CHECK_FLAGS.map((name) => settings.get(name));
  state.body.run.set(
    "healthcheck",
    mapping({ command, interval, timeout, "start-period": start, retries: retries && plain(retries) }),
  );
};

const readMaintainer: Reader = ({ text, place }, state, tools) => {
  const author = text.replace(/^(["'])(.*)\1$/, "$2");
  if (fits(textForm.LINE, author)) state.author = author;
  else tools.notes.warning(place, "the maintainer is not carried over: it must be one line of text");
};

/** Arguments keep their default; `args` has those from before the first FROM, which have to be declared again. */
export function readArg(
  { text, place }: DockerfileInstruction,
  state: StageState,
  outer: StageState["args"],
  tools: DockerTools,
): void {
  for (const word of splitWords(text, tools.escapeChar)) {
    const at = word.indexOf("=");
    const [name, raw] = at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
    if (name === undefined || !fits(nameForm.ENV_NAME, name))
      tools.notes.error(place, "ARG needs the name of a variable");
    else if (raw === undefined) {
      const value = outer.get(name);
      state.args.set(name, value);
      if (value === undefined)
        tools.notes.warning(place, `the argument \`${name}\` has no default`, "write its value where it is used");
    } else {
      const { text: value, missing } = expandWord(raw, valueIn(state), tools.escapeChar);
      warnMissing(missing, place, tools.notes);
      state.args.set(name, value);
    }
  }
}

/** How an image runs, and what it says about itself. */
export const SETTINGS: Readonly<Record<string, Reader>> = {
  ENV: readEnv,
  LABEL: readLabel,
  EXPOSE: readExpose,
  VOLUME: readVolume,
  USER: readUser,
  WORKDIR: readWorkdir,
  ENTRYPOINT: readCommand("entrypoint"),
  CMD: readCommand("cmd"),
  STOPSIGNAL: readStopsignal,
  SHELL: readShell,
  HEALTHCHECK: readHealthcheck,
  MAINTAINER: readMaintainer,
};
