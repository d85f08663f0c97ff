import { commandWords } from "../model/containerfile-words.js";
import type { Command, Healthcheck, NamedValue, RunConfig } from "../model/definition.js";
import type { ImageNode, Stage, StageBase } from "../model/graph.js";
import type {
  CopyInstruction,
  InstallInstruction,
  Instruction,
  RecipeBase,
  RecipeStage,
} from "../model/instructions.js";
import type { ContextEntry, RecipeArtifact, RecipePackage } from "../model/recipe.js";
import { isRootUser } from "../model/root-user.js";
import { contextDirectory, manifestContext, manifestDirectory } from "./build-context.js";
import { mergeBodies } from "./merge-bodies.js";

export interface RenderInput {
  readonly node: ImageNode;
  /** The node's stages, each with what goes into it. */
  readonly stages: readonly StageInput[];
}

export interface StageInput {
  readonly stage: Stage;
  readonly packages: readonly RecipePackage[];
  readonly artifacts: readonly RecipeArtifact[];
  /** The package manifest of its language, with the package manager's own lockfile beside it. */
  readonly manifest?: readonly ContextEntry[];
}

export interface StagePosition {
  readonly image: string;
  /** How many stages come before it. */
  readonly index: number;
  /** How many directories of the build context belong to their artifacts. */
  readonly place: number;
}

/** Turns one stage into its instructions. Assumes that guard.ts has accepted the input. */
export function recipeStage(
  input: StageInput,
  installs: readonly InstallInstruction[],
  position: StagePosition,
): RecipeStage {
  const { stage, artifacts } = input;
  const { env, labels, setup, ports, volumes, run } = mergeBodies(stage.bodies);
  const { user: inheritedUser } = stage.inherited;
  const needsRoot = installs.length > 0 || setup.length > 0 || run.workdir !== undefined;
  const becomesRoot = needsRoot && inheritedUser !== undefined && !isRootUser(inheritedUser);
  const hasLineFeed = [...env, ...labels].some(({ value }) => value.includes("\n"));
  const user = run.user ?? (becomesRoot ? inheritedUser : undefined);
  const instructions: Instruction[] = [
    ...(becomesRoot ? [{ type: "user" as const, user: "root" }] : []),
    ...(input.manifest === undefined ? [] : [manifestCopy(position, stage)]),
    ...installs,
    ...artifactCopies(artifacts, position.place),
    ...(hasLineFeed ? [{ type: "line-feed" as const }] : []),
    ...sorted(env).map(({ name, value }) => ({ type: "env" as const, name, value })),
    ...setup.map((command) => setupInstruction(command, stage)),
    ...sorted(labels).map(({ name, value }) => ({ type: "label" as const, name, value })),
    ...(run.workdir === undefined ? [] : [{ type: "workdir" as const, path: run.workdir }]),
    ...(user === undefined ? [] : [{ type: "user" as const, user }]),
    ...[...ports].sort().map((port) => ({ type: "expose" as const, port })),
    ...(volumes.length === 0 ? [] : [{ type: "volume" as const, paths: [...volumes].sort() }]),
    ...(run.stopsignal === undefined ? [] : [{ type: "stopsignal" as const, signal: run.stopsignal }]),
    // Not in a build stage: Buildah would warn, and nothing of its configuration reaches the image.
    ...(stage.name === undefined ? imageInstructions(run, stage) : []),
    ...commandInstructions(run, stage),
  ];
  return {
    name: stage.name,
    base: recipeBase(stage.base),
    instructions,
    ...(stage.name === undefined && stage.os === undefined && setup.length > 0 ? { bare: true } : {}),
  };
}

function manifestCopy({ image, index }: StagePosition, { name }: Stage): CopyInstruction {
  return { type: "copy", path: `${manifestContext(index)}/`, target: `${manifestDirectory(image, name)}/` };
}

function artifactCopies(artifacts: readonly RecipeArtifact[], place: number): readonly CopyInstruction[] {
  let index = place;
  return artifacts.map((artifact) => {
    const owner = artifact.owner === undefined ? {} : { owner: artifact.owner };
    if (artifact.type === "copy") {
      const { from, path, target } = artifact;
      return { type: "copy", from, ...owner, path, target };
    }
    return { type: "copy", ...owner, path: `${contextDirectory(index++)}/`, target: withSlash(artifact.directory) };
  });
}

/** A string stops at the first command that fails, unless the image has a shell of its own. */
function setupInstruction(command: Command, { shell, os }: Stage): Instruction {
  if (command.form === "exec") return { type: "run", argv: command.argv };
  if (shell === undefined) return { type: "script", script: command.text, args: [] };
  // Where there is no operating system, there may be no /bin/sh, and there is no package manager to prepare for.
  if (os === undefined) return { type: "run", argv: [...shell, command.text] };
  return { type: "script", script: 'exec "$@"', args: ["sh", ...shell, command.text] };
}

function imageInstructions({ shell, healthcheck }: RunConfig, stage: Stage): readonly Instruction[] {
  return [
    ...(shell === undefined ? [] : [{ type: "shell" as const, argv: shell }]),
    ...(healthcheck === undefined
      ? []
      : [{ type: "healthcheck" as const, healthcheck: spelledOut(healthcheck, stage.shell) }]),
  ];
}

/** Its command with the shell that runs it. */
function spelledOut(healthcheck: Healthcheck, shell: readonly string[] | undefined): Healthcheck {
  if (healthcheck.type === "none") return healthcheck;
  return { ...healthcheck, command: { form: "exec", argv: commandWords(healthcheck.command, shell) } };
}

function commandInstructions({ entrypoint, cmd }: RunConfig, { shell }: Stage): readonly Instruction[] {
  return [
    ...(entrypoint === undefined ? [] : [{ type: "entrypoint" as const, argv: commandWords(entrypoint, shell) }]),
    ...(cmd === undefined ? [] : [{ type: "cmd" as const, argv: commandWords(cmd, shell) }]),
  ];
}

const recipeBase = (base: StageBase): RecipeBase =>
  base.type === "external" ? { type: "external", reference: pinnedReference(base.base) } : base;

/** Buildah refuses a reference with both a tag and a digest; the digest says it all. */
export const pinnedReference = ({ ref, digest }: { readonly ref: string; readonly digest: string }) =>
  `${ref.replace(/:[^/:]*$/, "")}@${digest}`;

const withSlash = (path: string) => (path.endsWith("/") ? path : `${path}/`);

const sorted = (values: readonly NamedValue[]) => [...values].sort((a, b) => (a.name < b.name ? -1 : 1));
