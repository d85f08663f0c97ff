import { bootstrapText, fromText, instructionText } from "../model/containerfile.js";
import type { Body, Command, DnfBootstrap } from "../model/definition.js";
import { type Diagnostic, errorAt, pointerTo, type Source } from "../model/diagnostic.js";
import type { Stage } from "../model/graph.js";
import type { CopySource, Instruction, RecipeStage } from "../model/instructions.js";
import type { RecipeArtifact } from "../model/recipe.js";
import { ALLOW } from "./allow.js";
import { pinnedReference, type RenderInput } from "./recipe-stage.js";

/** What a package manager's argument may consist of, whatever the manager: nothing that is special to a shell inside single quotes. */
const ARGUMENT = /^[A-Za-z0-9@][A-Za-z0-9@/._+~^:=!*>,()[\]-]{0,499}$/;

type Value = string | undefined;
/** Checks values that stand at a pointer; `what` names them in the message. */
type Check = (pointer: string, what: string, pattern: RegExp, ...values: readonly Value[]) => void;

/** Every value of the input that must not reach a Containerfile, as a diagnostic at its place. */
export function guard({ stages }: RenderInput): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { stage, packages, artifacts } of stages) {
    const own = stage.bodies.at(-1) as Body;
    const check = checkIn(own, diagnostics);
    checkBase(stage, check);
    for (const { argument } of packages) check("", "the package", ARGUMENT, argument);
    for (const artifact of artifacts) checkArtifact(artifact, diagnostics);
    for (const body of stage.bodies) checkBody(body, checkIn(body, diagnostics));
  }
  return diagnostics;
}

/** A check for the values of a body; pointers are relative to the body. */
function checkIn({ source, pointer: start }: Pick<Body, "source" | "pointer">, found: Diagnostic[]): Check {
  return (pointer, what, pattern, ...values) => {
    for (const value of values) {
      if (value === undefined || pattern.test(value)) continue;
      const message = `${what} ${JSON.stringify(value)} has characters that a Containerfile would act on`;
      found.push(errorAt(source.at(start + pointer), "unsafe-value", message, `allowed: ${pattern.source}`));
    }
  };
}

function checkBase({ name, base, inherited }: Stage, check: Check): void {
  check("/name", "the stage's name", ALLOW.stageName, name);
  check("/run/user", "the user", ALLOW.owner, inherited.user);
  if (base.type === "image") check("/parent", "the parent's name", ALLOW.imageName, base.image);
  if (base.type === "stage") check("/parent", "the stage's name", ALLOW.stageName, base.stage);
  if (base.type === "external") check("/from", "the reference", ALLOW.pinnedReference, pinnedReference(base.base));
  if (base.type !== "bootstrap") return;
  const { bootstrap } = base;
  if (bootstrap.manager === "dnf") {
    checkDnf(bootstrap, check);
    return;
  }
  const { suite, variant, packages } = bootstrap;
  check("/bootstrap/suite", "the suite", ALLOW.suite, suite);
  check("/bootstrap/variant", "the variant", ALLOW.variant, variant);
  check("/bootstrap/packages", "the package", /^[a-z0-9](?:[a-z0-9+.-]*[a-z0-9+.])?$/, ...packages);
}

function checkDnf({ repositories, releasever, packages }: DnfBootstrap, check: Check): void {
  for (const { name, url, gpgkey } of repositories) {
    const pointer = pointerTo("bootstrap", "repositories", name);
    check(pointer, "the repository's name", ALLOW.repositoryName, name);
    check(pointer, "the URL", ALLOW.repositoryUrl, url, gpgkey);
  }
  check("/bootstrap/releasever", "the release", ALLOW.releasever, releasever);
  check("/bootstrap/packages", "the package", ALLOW.rpmName, ...packages);
}

function checkArtifact(artifact: RecipeArtifact, found: Diagnostic[]): void {
  const check = checkIn(artifact, found);
  check("/owner", "the owner", ALLOW.owner, artifact.owner);
  if (artifact.type === "files") {
    check("", "the target", ALLOW.path, artifact.directory);
    return;
  }
  checkSource(artifact.from, check);
  check("/path", "the path", ALLOW.path, artifact.path);
  check("/target", "the target", ALLOW.path, artifact.target);
}

function checkSource(source: CopySource, check: Check): void {
  if (source.type === "image") check("/image", "the image", ALLOW.imageName, source.image);
  else check("/image", "the image", ALLOW.stageName, source.stage);
}

function checkBody(body: Body, check: Check): void {
  for (const { name, value } of body.env) {
    check("/env", "the variable name", ALLOW.envName, name);
    check(`/env/${name}`, "the value", ALLOW.lines, value);
  }
  for (const { name, value } of body.labels) {
    check("/labels", "the label name", ALLOW.labelName, name);
    check(pointerTo("labels", name), "the value", ALLOW.lines, value);
  }
  check("/ports", "the port", ALLOW.port, ...body.ports);
  check("/volumes", "the volume", ALLOW.path, ...body.volumes);
  body.setup.forEach((command, index) => {
    check(`/setup/${index}`, "the command", ALLOW.text, ...words(command));
  });
  const { user, workdir, stopsignal, entrypoint, cmd, shell = [], healthcheck } = body.run;
  check("/run/user", "the user", ALLOW.owner, user);
  check("/run/workdir", "the working directory", ALLOW.path, workdir);
  check("/run/stopsignal", "the signal", ALLOW.signal, stopsignal);
  check("/run/entrypoint", "the command", ALLOW.text, ...words(entrypoint));
  check("/run/cmd", "the command", ALLOW.text, ...words(cmd));
  check("/run/shell", "the shell", ALLOW.text, ...shell);
  if (healthcheck?.type === "command")
    check("/run/healthcheck/command", "the command", ALLOW.text, ...words(healthcheck.command));
}

const words = (command: Command | undefined) => (command?.form === "exec" ? command.argv : [command?.text]);

/** Bytes. Buildah reads with Go's bufio.Scanner, which ends at a longer line: the rest of the file is silently lost. */
const MAX_LINE = 65_535;

/** The field of a definition that an instruction comes from. */
const FIELDS: { readonly [type in Instruction["type"]]?: string } = {
  env: "/env",
  run: "/setup",
  script: "/setup",
  label: "/labels",
  volume: "/volumes",
  shell: "/run/shell",
  healthcheck: "/run/healthcheck",
  entrypoint: "/run/entrypoint",
  cmd: "/run/cmd",
};

/** A diagnostic for each line of a Containerfile at which Buildah would stop reading. */
export function tooLong(stages: readonly RecipeStage[], source: Source): Diagnostic[] {
  const base = stages.at(-1)?.base;
  const bootstrap = base?.type === "bootstrap" ? [[bootstrapText(base.bootstrap), "/bootstrap"] as const] : [];
  const instructions = stages.flatMap((stage) => [
    [fromText(stage), ""] as const,
    ...stage.instructions.map((each) => [instructionText(each), FIELDS[each.type] ?? ""] as const),
  ]);
  return [...bootstrap, ...instructions].flatMap(([text, pointer]) =>
    text
      .split("\n")
      .map((line) => Buffer.byteLength(line))
      .filter((bytes) => bytes > MAX_LINE)
      .map((bytes) => ({
        code: "too-long",
        severity: "error" as const,
        message: `the line of the Containerfile has ${bytes} bytes, Buildah reads at most ${MAX_LINE}`,
        hint: "put long text into a file, and copy it as an artifact",
        ...source.at(pointer),
      })),
  );
}
