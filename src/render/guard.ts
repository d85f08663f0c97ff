import type { Bootstrap, Command } from "../model/definition.js";
import type { Diagnostic, Source } from "../model/diagnostic.js";
import { ALLOW } from "./allow.js";
import type { RenderInput } from "./prepare.js";

/** What a package specification may be made of, whatever the manager: nothing a shell sees inside single quotes as special. */
const SPEC = /^[A-Za-z0-9@][A-Za-z0-9@/._+~:=!*-]*$/;

type Check = readonly [pointer: string, what: string, pattern: RegExp, values: readonly (string | undefined)[]];

/** Every value of the input that must not reach a Containerfile, as a diagnostic at its place. */
export function guard(input: RenderInput): Diagnostic[] {
  const { source } = input.node.definition;
  return checks(input).flatMap(([pointer, what, pattern, values]) =>
    values
      .filter((value): value is string => value !== undefined && !pattern.test(value))
      .map((value) => ({
        code: "unsafe-value",
        severity: "error" as const,
        message: `${what} ${JSON.stringify(value)} has characters that a Containerfile would act on`,
        hint: `allowed: ${pattern.source}`,
        ...source.at(pointer),
      })),
  );
}

function checks({ node, base, inheritedUser, packages, artifacts }: RenderInput): Check[] {
  const { definition } = node;
  const { origin, run } = definition;
  return [
    ["/parent", "the parent's name", ALLOW.imageName, [origin.type === "parent" ? origin.parent : undefined]],
    ["/from", "the reference", ALLOW.pinnedReference, [base && `${base.ref.replace(/:[^/:]*$/, "")}@${base.digest}`]],
    ...(origin.type === "bootstrap" ? bootstrapChecks(origin.bootstrap) : []),
    ["/run/user", "the user", ALLOW.owner, [run.user, inheritedUser]],
    ["/run/workdir", "the working directory", ALLOW.path, [run.workdir]],
    ["/run/stopsignal", "the signal", ALLOW.signal, [run.stopsignal]],
    ["/run/entrypoint", "the command", ALLOW.text, words(run.entrypoint)],
    ["/run/cmd", "the command", ALLOW.text, words(run.cmd)],
    ...packages.map((entry): Check => ["", "the package", SPEC, [entry.spec]]),
    ...artifacts.flatMap((artifact): Check[] => [
      [artifact.pointer, "the target", ALLOW.path, [artifact.directory]],
      [`${artifact.pointer}/owner`, "the owner", ALLOW.owner, [artifact.owner]],
    ]),
    ...definition.env.flatMap(({ name, value }): Check[] => [
      ["/env", "the variable name", ALLOW.envName, [name]],
      [`/env/${name}`, "the value", ALLOW.line, [value]],
    ]),
    ...definition.labels.flatMap(({ name, value }): Check[] => [
      ["/labels", "the label name", ALLOW.labelName, [name]],
      [`/labels/${name.replaceAll("/", "~1")}`, "the value", ALLOW.line, [value]],
    ]),
    ["/ports", "the port", ALLOW.port, definition.ports],
    ["/volumes", "the volume", ALLOW.path, definition.volumes],
    ...definition.setup.map((command, index): Check => [`/setup/${index}`, "the command", ALLOW.text, words(command)]),
  ];
}

const words = (command: Command | undefined) => (command?.form === "exec" ? command.argv : [command?.text]);

function bootstrapChecks({ suite, variant, packages }: Bootstrap): Check[] {
  return [
    ["/bootstrap/suite", "the suite", ALLOW.suite, [suite]],
    ["/bootstrap/variant", "the variant", ALLOW.variant, [variant]],
    ["/bootstrap/packages", "the package", /^[a-z0-9](?:[a-z0-9+.-]*[a-z0-9+.])?$/, packages],
  ];
}

/** Bytes. Go's bufio.Scanner, with which Buildah reads, ends at a longer line: the rest of the file is lost without a word. */
const MAX_LINE = 65_535;

/** What a rendered instruction comes from. */
const FIELDS: Readonly<Record<string, string>> = {
  "#": "/bootstrap",
  ENV: "/env",
  RUN: "/setup",
  LABEL: "/labels",
  VOLUME: "/volumes",
  ENTRYPOINT: "/run/entrypoint",
  CMD: "/run/cmd",
};

/** Lines of a Containerfile that Buildah would not read, and with them all that follows. */
export function tooLong(containerfile: string, source: Source): Diagnostic[] {
  return containerfile
    .split("\n")
    .map((line) => ({ instruction: line.split(" ", 1)[0] ?? "", bytes: Buffer.byteLength(line) }))
    .filter(({ bytes }) => bytes > MAX_LINE)
    .map(({ instruction, bytes }) => ({
      code: "too-long",
      severity: "error" as const,
      message: `the line of the Containerfile has ${bytes} bytes, Buildah reads at most ${MAX_LINE}`,
      hint: "put long text into a file, and copy it as an artifact",
      ...source.at(FIELDS[instruction] ?? ""),
    }));
}
