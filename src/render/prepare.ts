import { bootstrapCommand } from "../model/bootstrap.js";
import { EPOCH, MACHINE_MOUNT } from "../model/build-environment.js";
import type { Command, Healthcheck, NamedValue } from "../model/definition.js";
import { durationText } from "../model/duration.js";
import type { ImageNode, Stage, StageBase } from "../model/graph.js";
import type { ContextEntry, RecipeArtifact, RecipePackage } from "../model/recipe.js";
import { isRootUser } from "../model/root-user.js";
import { mergeBodies } from "./merge-bodies.js";
import { commandWords, dockerWord, execForm, LINE_FEED_ARGUMENT } from "./quote.js";

/** Sourced by the shell of a RUN step when Slipway runs it: proxies, certificates, caches. Elsewhere it is not there. */
export const PROLOGUE = `if [ -e ${MACHINE_MOUNT}/env ]; then . ${MACHINE_MOUNT}/env; fi; export SOURCE_DATE_EPOCH=${EPOCH};`;

export interface RenderInput {
  readonly node: ImageNode;
  /** The node's stages, each with what goes into it. */
  readonly stages: readonly StageInput[];
}

export interface StageInput {
  readonly stage: Stage;
  readonly packages: readonly RecipePackage[];
  readonly artifacts: readonly RecipeArtifact[];
  /** The native manifest of its language, with the lock file beside it. */
  readonly manifest?: readonly ContextEntry[];
}

/** What the main template is given: finished words, nothing to decide. */
export interface TemplateData {
  readonly bootstrap: string;
  readonly stages: readonly StageData[];
}

export interface StageData {
  readonly from: string;
  readonly as: string;
  readonly rootfs: boolean;
  readonly becomeRoot: boolean;
  /** Brings in the manifest that an install step reads. */
  readonly manifest: string;
  readonly installs: readonly string[];
  readonly copies: readonly { from: string; owner: string; paths: string }[];
  /** The build argument that stands for line feeds, where there are any. */
  readonly lineFeed: string;
  readonly env: readonly NamedValue[];
  readonly setup: readonly string[];
  readonly labels: readonly NamedValue[];
  readonly workdir: string;
  readonly user: string;
  readonly ports: readonly string[];
  readonly volumes: string;
  readonly stopsignal: string;
  readonly shell: string;
  readonly healthcheck: string;
  readonly entrypoint: string;
  readonly cmd: string;
}

/** What an installer's template is given. Every field is always there: an unknown one is an error. */
export interface InstallData {
  readonly prologue: string;
  readonly specs: readonly string[];
  /** null: the image has none. */
  readonly manifest: ManifestData | null;
}

export interface ManifestData {
  /** Where the manifest and its lock file are in the image, under their own names. */
  readonly directory: string;
}

/** The line of a Containerfile that says how `rootfs.tar` is made; empty where there is none. */
export function bootstrapLine({ stages }: RenderInput): string {
  const base = stages.at(-1)?.stage.base;
  if (base?.type !== "bootstrap") return "";
  return bootstrapCommand(base.bootstrap);
}

export interface StagePosition {
  readonly image: string;
  /** How many stages come before it. */
  readonly index: number;
  /** How many directories of the build context belong to their artifacts. */
  readonly place: number;
}

/** Turns one stage into the words of its instructions. Assumes that guard.ts has accepted the input. */
export function prepareStage(input: StageInput, installs: readonly string[], position: StagePosition): StageData {
  const { stage, artifacts } = input;
  const merged = mergeBodies(stage.bodies);
  const { run } = merged;
  const { user: inheritedUser } = stage.inherited;
  const rootWork = installs.length > 0 || merged.setup.length > 0 || run.workdir !== undefined;
  const becomeRoot = rootWork && inheritedUser !== undefined && !isRootUser(inheritedUser);
  const values = [...merged.env, ...merged.labels];
  const isImage = stage.name === undefined;
  return {
    from: fromWord(stage.base),
    as: stage.name ?? "",
    rootfs: stage.base.type === "bootstrap",
    becomeRoot,
    manifest: input.manifest
      ? execForm([`${manifestContext(position.index)}/`, `${manifestDirectory(position.image, stage.name)}/`])
      : "",
    installs,
    copies: copyWords(artifacts, position.place),
    lineFeed: values.some(({ value }) => value.includes("\n")) ? LINE_FEED_ARGUMENT : "",
    env: sorted(merged.env).map(({ name, value }) => ({ name, value: dockerWord(value) })),
    setup: merged.setup.map((command) => setupWords(command, stage)),
    labels: sorted(merged.labels).map(({ name, value }) => ({ name: dockerWord(name), value: dockerWord(value) })),
    workdir: run.workdir ?? "",
    user: run.user ?? (becomeRoot ? inheritedUser : ""),
    ports: [...merged.ports].sort(),
    volumes: merged.volumes.length === 0 ? "" : execForm([...merged.volumes].sort()),
    stopsignal: run.stopsignal ?? "",
    // Of the image only: Buildah would warn, and nothing of a build stage's configuration reaches the image.
    shell: isImage && run.shell ? execForm(run.shell) : "",
    healthcheck: isImage && run.healthcheck ? healthcheckWords(run.healthcheck, stage.shell) : "",
    entrypoint: run.entrypoint ? execForm(commandWords(run.entrypoint, stage.shell)) : "",
    cmd: run.cmd ? execForm(commandWords(run.cmd, stage.shell)) : "",
  };
}

function copyWords(artifacts: readonly RecipeArtifact[], place: number): StageData["copies"] {
  let index = place;
  return artifacts.map((artifact) => {
    const owner = artifact.owner ?? "";
    if (artifact.type === "copy")
      return { from: artifact.from, owner, paths: execForm([artifact.path, artifact.target]) };
    return { from: "", owner, paths: execForm([`${contextDirectory(index++)}/`, withSlash(artifact.directory)]) };
  });
}

/** A string stops at the first command that fails, unless the image has a shell of its own with its own ways. */
function setupWords(command: Command, { shell, os }: Stage): string {
  if (command.form === "exec") return execForm(command.argv);
  if (shell === undefined) return execForm(["/bin/sh", "-ec", `${PROLOGUE}\n${command.text}`]);
  // What has no operating system need not have /bin/sh, and no package manager to prepare for.
  if (os === undefined) return execForm([...shell, command.text]);
  return execForm(["/bin/sh", "-ec", `${PROLOGUE}\nexec "$@"`, "sh", ...shell, command.text]);
}

function healthcheckWords(check: Healthcheck, shell: readonly string[] | undefined): string {
  if (check.type === "none") return "NONE";
  const { interval, timeout, startPeriod, retries } = check;
  const flags = [
    // Nothing is the default of each: Docker's configuration leaves it out, and Buildah refuses to be told.
    ...(interval ? [`--interval=${durationText(interval)}`] : []),
    ...(timeout ? [`--timeout=${durationText(timeout)}`] : []),
    ...(startPeriod ? [`--start-period=${durationText(startPeriod)}`] : []),
    ...(retries === undefined ? [] : [`--retries=${retries}`]),
  ];
  return [...flags, "CMD", execForm(commandWords(check.command, shell))].join(" ");
}

/**
 * What an installer's template is given. Sorted: the order in which packages are written down is no difference. What a
 * manifest asks for, the manager reads there itself.
 */
export function prepareInstall(packages: readonly RecipePackage[], manifest: ManifestData | null = null): InstallData {
  const named = packages.filter((entry) => entry.constraint === undefined);
  return { prologue: PROLOGUE, specs: named.map((entry) => entry.argument).sort(), manifest };
}

/**
 * Where an image's manifest is copied to, and stays: it says what was asked for. A build stage has a place of its own, for the
 * next one may be built on it and install from a manifest of the same name.
 */
export const manifestDirectory = (image: string, stage?: string) =>
  `/usr/local/lib/manifests/${image}${stage === undefined ? "" : `/${stage}`}`;

/** The directory of the build context that holds a stage's manifest. */
export const manifestContext = (index: number) => `manifests/${index}`;

/** The directory of the build context that holds an artifact's files. */
export const contextDirectory = (index: number) => `artifacts/${index}`;

/** The name by which a Containerfile calls an image of the catalogue. */
export const localName = (image: string) => `localhost/${image}`;

function fromWord(base: StageBase): string {
  if (base.type === "image") return localName(base.image);
  if (base.type === "stage") return base.stage;
  return base.type === "external" ? pinnedReference(base.base) : "scratch";
}

/** Buildah refuses a reference with both a tag and a digest; the digest says it all. */
export const pinnedReference = ({ ref, digest }: { readonly ref: string; readonly digest: string }) =>
  `${ref.replace(/:[^/:]*$/, "")}@${digest}`;

const withSlash = (path: string) => (path.endsWith("/") ? path : `${path}/`);

const sorted = (values: readonly NamedValue[]) => [...values].sort((a, b) => (a.name < b.name ? -1 : 1));
