import type { Command, DnfBootstrap } from "../model/definition.js";
import { type Diagnostic, errorAt, pointerTo, type Source } from "../model/diagnostic.js";
import { ALLOW } from "./allow.js";
import type { RenderInput } from "./prepare.js";

/** What a package specification may be made of, whatever the manager: nothing a shell sees inside single quotes as special. */
const SPEC = /^[A-Za-z0-9@][A-Za-z0-9@/._+~^:=!*-]{0,499}$/;

type Value = string | undefined;
/** Looks at values that stand at a pointer; `what` they are is for the message. */
type Check = (pointer: string, what: string, pattern: RegExp, ...values: readonly Value[]) => void;

/** Every value of the input that must not reach a Containerfile, as a diagnostic at its place. */
export function guard(input: RenderInput): Diagnostic[] {
  const { source } = input.node.definition;
  const found: Diagnostic[] = [];
  const check: Check = (pointer, what, pattern, ...values) => {
    for (const value of values) {
      if (value === undefined || pattern.test(value)) continue;
      const message = `${what} ${JSON.stringify(value)} has characters that a Containerfile would act on`;
      found.push(errorAt(source.at(pointer), "unsafe-value", message, `allowed: ${pattern.source}`));
    }
  };
  checkOrigin(input, check);
  checkRun(input, check);
  checkContent(input, check);
  return found;
}

function checkOrigin({ node: { definition }, base }: RenderInput, check: Check): void {
  const { origin } = definition;
  if (origin.type === "parent") check("/parent", "the parent's name", ALLOW.imageName, origin.parent);
  if (base)
    check("/from", "the reference", ALLOW.pinnedReference, `${base.ref.replace(/:[^/:]*$/, "")}@${base.digest}`);
  if (origin.type !== "bootstrap") return;
  const { bootstrap } = origin;
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

function checkContent({ node: { definition }, packages, artifacts }: RenderInput, check: Check): void {
  for (const { spec } of packages) check("", "the package", SPEC, spec);
  for (const { pointer, directory, owner } of artifacts) {
    check(pointer, "the target", ALLOW.path, directory);
    check(`${pointer}/owner`, "the owner", ALLOW.owner, owner);
  }
  for (const { name, value } of definition.env) {
    check("/env", "the variable name", ALLOW.envName, name);
    check(`/env/${name}`, "the value", ALLOW.line, value);
  }
  for (const { name, value } of definition.labels) {
    check("/labels", "the label name", ALLOW.labelName, name);
    check(pointerTo("labels", name), "the value", ALLOW.line, value);
  }
  check("/ports", "the port", ALLOW.port, ...definition.ports);
  check("/volumes", "the volume", ALLOW.path, ...definition.volumes);
  definition.setup.forEach((command, index) => {
    check(`/setup/${index}`, "the command", ALLOW.text, ...words(command));
  });
}

function checkRun({ node: { definition }, inheritedUser }: RenderInput, check: Check): void {
  const { user, workdir, stopsignal, entrypoint, cmd } = definition.run;
  check("/run/user", "the user", ALLOW.owner, user, inheritedUser);
  check("/run/workdir", "the working directory", ALLOW.path, workdir);
  check("/run/stopsignal", "the signal", ALLOW.signal, stopsignal);
  check("/run/entrypoint", "the command", ALLOW.text, ...words(entrypoint));
  check("/run/cmd", "the command", ALLOW.text, ...words(cmd));
}

const words = (command: Command | undefined) => (command?.form === "exec" ? command.argv : [command?.text]);

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
