import type { Bootstrap } from "../model/definition.js";
import type { Diagnostic } from "../model/diagnostic.js";
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
    ...definition.setup.map(
      (command, index): Check => [
        `/setup/${index}`,
        "the command",
        ALLOW.text,
        command.form === "exec" ? command.argv : [command.text],
      ],
    ),
  ];
}

function bootstrapChecks({ suite, variant, packages }: Bootstrap): Check[] {
  return [
    ["/bootstrap/suite", "the suite", ALLOW.suite, [suite]],
    ["/bootstrap/variant", "the variant", ALLOW.variant, [variant]],
    ["/bootstrap/packages", "the package", /^[a-z0-9][a-z0-9+.-]*$/, packages],
  ];
}
