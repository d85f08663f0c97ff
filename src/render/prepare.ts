import { bootstrapCommand } from "../model/bootstrap.js";
import { EPOCH, MACHINE_MOUNT } from "../model/build-environment.js";
import type { ExternalBase } from "../model/catalogue.js";
import type { ImageDefinition, NamedValue } from "../model/definition.js";
import type { ImageNode } from "../model/graph.js";
import type { RecipeArtifact, RecipePackage } from "../model/recipe.js";
import { commandForm, dockerWord, execForm } from "./quote.js";

/** Sourced by the shell of a RUN step when Slipway runs it: proxies, certificates, caches. Elsewhere it is not there. */
const PROLOGUE = `if [ -e ${MACHINE_MOUNT}/env ]; then . ${MACHINE_MOUNT}/env; fi; export SOURCE_DATE_EPOCH=${EPOCH};`;

export interface RenderInput {
  readonly node: ImageNode;
  /** Set when the definition says `from`, and not `scratch`. */
  readonly base: ExternalBase | undefined;
  /** The user that the parent leaves behind. */
  readonly inheritedUser: string | undefined;
  readonly packages: readonly RecipePackage[];
  readonly artifacts: readonly RecipeArtifact[];
}

/** What the main template is given: finished words, nothing to decide. */
export interface TemplateData {
  readonly bootstrap: string;
  readonly from: string;
  readonly becomeRoot: boolean;
  readonly installs: readonly string[];
  readonly copies: readonly { owner: string; paths: string }[];
  readonly env: readonly NamedValue[];
  readonly setup: readonly string[];
  readonly labels: readonly NamedValue[];
  readonly workdir: string;
  readonly user: string;
  readonly ports: readonly string[];
  readonly volumes: string;
  readonly stopsignal: string;
  readonly entrypoint: string;
  readonly cmd: string;
}

export interface InstallData {
  readonly prologue: string;
  readonly specs: readonly string[];
}

/** Turns a definition into the words of its Containerfile. Assumes that guard.ts has accepted the input. */
export function prepare(input: RenderInput, installs: readonly string[]): TemplateData {
  const { definition } = input.node;
  const { run } = definition;
  const rootWork = installs.length > 0 || definition.setup.length > 0 || run.workdir !== undefined;
  const becomeRoot = rootWork && !isRoot(input.inheritedUser);
  return {
    bootstrap: definition.origin.type === "bootstrap" ? bootstrapCommand(definition.origin.bootstrap) : "",
    from: fromWord(definition, input.base),
    becomeRoot,
    installs,
    copies: input.artifacts.map((artifact, index) => ({
      owner: artifact.owner ?? "",
      paths: execForm([`${contextDirectory(index)}/`, withSlash(artifact.directory)]),
    })),
    env: sorted(definition.env).map(({ name, value }) => ({ name, value: dockerWord(value) })),
    setup: definition.setup.map((command) =>
      command.form === "exec" ? execForm(command.argv) : execForm(["/bin/sh", "-ec", `${PROLOGUE}\n${command.text}`]),
    ),
    labels: sorted(definition.labels).map(({ name, value }) => ({ name: dockerWord(name), value: dockerWord(value) })),
    workdir: run.workdir ?? "",
    user: run.user ?? (becomeRoot ? (input.inheritedUser ?? "") : ""),
    ports: [...definition.ports].sort(),
    volumes: definition.volumes.length === 0 ? "" : execForm([...definition.volumes].sort()),
    stopsignal: run.stopsignal ?? "",
    entrypoint: run.entrypoint ? commandForm(run.entrypoint) : "",
    cmd: run.cmd ? commandForm(run.cmd) : "",
  };
}

/** What an installer's template is given. Sorted: the order in which packages are written down is no difference. */
export function prepareInstall(packages: readonly RecipePackage[]): InstallData {
  return { prologue: PROLOGUE, specs: packages.map((entry) => entry.spec).sort() };
}

/** The directory of the build context that holds an artifact's files. */
export const contextDirectory = (index: number) => `artifacts/${index}`;

function fromWord({ origin }: ImageDefinition, base: ExternalBase | undefined): string {
  if (origin.type === "parent") return `localhost/${origin.parent}`;
  if (base === undefined) return "scratch";
  // Buildah refuses a reference with both a tag and a digest; the digest says it all.
  return `${base.ref.replace(/:[^/:]*$/, "")}@${base.digest}`;
}

const isRoot = (user: string | undefined) => user === undefined || /^(?:root|0)(?::|$)/.test(user);

const withSlash = (path: string) => (path.endsWith("/") ? path : `${path}/`);

const sorted = (values: readonly NamedValue[]) => [...values].sort((a, b) => (a.name < b.name ? -1 : 1));
