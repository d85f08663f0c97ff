import { dangerOf } from "../model/dangerous-variables.js";
import type { Body, Command, RunConfig } from "../model/definition.js";
import { type Diagnostic, errorAt } from "../model/diagnostic.js";
import type { Rule } from "./rule.js";

const HINT =
  "leave it out, set it in a base image or module, or ask an administrator for an exception from dangerous-env";

/**
 * Variables that make programs load or fetch something else. They concern every image that derives from this one, and package managers run
 * there. Base images and modules belong to administrators, who may set them.
 */
export const dangerousVariables: Rule = ({ node: { definition, stages } }) => {
  if (definition.kind === "BaseImage") return [];
  return stages.flatMap(({ bodies }) => {
    const body = bodies[bodies.length - 1] as Body;
    return [...inEnv(body), ...inShell(body), ...inCommands(body)];
  });
};

function inEnv({ env, source, pointer }: Body): Diagnostic[] {
  return env.flatMap(({ name, value }, index) => {
    const danger = dangerOf(name, value);
    if (danger === undefined) return [];
    const [byName, whole] = [source.at(`${pointer}/env/${name}`), source.at(`${pointer}/env`)];
    const isList = byName.line === whole.line && byName.column === whole.column;
    const place = isList ? source.at(`${pointer}/env/${index}/name`) : byName;
    return [errorAt(place, "dangerous-env", `the variable \`${name}\` ${danger}`, HINT)];
  });
}

/** The shell runs the commands of all images that derive from this one. */
function inShell({ run, source, pointer }: Body): Diagnostic[] {
  const found = assignments((run.shell ?? []).join(" "));
  return found.map(({ name, danger }) => {
    const message = `the shell sets the variable \`${name}\`, which ${danger}`;
    return errorAt(source.at(`${pointer}/run/shell`), "dangerous-env", message, HINT);
  });
}

/** `env NAME=value program` and `NAME=value program` concern that program alone. */
function inCommands({ run, source, pointer }: Body): Diagnostic[] {
  return startCommands(run).flatMap(({ command, place }) =>
    assignments(wordsOf(command)).map(({ name, danger }): Diagnostic => {
      const message = `the command sets the variable \`${name}\`, which ${danger}`;
      return { ...errorAt(source.at(pointer + place), "dangerous-env", message, HINT), severity: "warning" };
    }),
  );
}

/** What a container runs by itself. */
export function startCommands({ entrypoint, cmd, healthcheck }: RunConfig) {
  const check = healthcheck?.type === "command" ? healthcheck.command : undefined;
  const all: [string, Command | undefined][] = [
    ["/run/entrypoint", entrypoint],
    ["/run/cmd", cmd],
    ["/run/healthcheck/command", check],
  ];
  return all.flatMap(([place, command]) => (command === undefined ? [] : [{ place, command }]));
}

/** A command as one text: a list may hand a shell a string, too. */
export const wordsOf = (command: Command) => (command.form === "shell" ? command.text : command.argv.join(" "));

function assignments(text: string): { readonly name: string; readonly danger: string }[] {
  const found = text.matchAll(/(?:^|[\s;&|({`"'])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s;&|)}`"']*)/g);
  return [...found].flatMap(([, name = "", quoted = ""]) => {
    const value = quoted.replace(/^(["'])(.*)\1$/s, "$2");
    const danger = name === "PATH" && value.includes("$") ? undefined : dangerOf(name, value);
    return danger === undefined ? [] : [{ name, danger }];
  });
}
