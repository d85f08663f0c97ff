import type { Overview } from "../model/overview.js";
import { printable } from "./printable.js";
import { plural, table } from "./text.js";

/** Where one stands, and the commands that fit: one or two, ready to be typed. */
export function overviewText(overview: Overview): string {
  const { directory, isCatalogue } = overview;
  const lines = isCatalogue ? standing(overview) : [`There is no catalogue in ${directory}.`];
  const next = nextCommands(overview);
  return `${[...lines, "", "Next:", table(next), "", ...ALL].join("\n")}\n`;
}

const ALL = ["slipway --help lists all commands, slipway COMMAND --help explains one."];

function standing(overview: Overview): readonly string[] {
  const { directory, git, images, errors, warnings, failed } = overview;
  const branch = git === null ? ", not in Git" : git.branch === null ? ", no branch" : `, branch ${git.branch}`;
  const edits = git !== null && git.edits > 0 ? `, ${plural(git.edits, "file")} not committed` : "";
  const problems = [
    ...(errors > 0 ? [plural(errors, "problem")] : []),
    ...(warnings > 0 ? [plural(warnings, "warning")] : []),
  ];
  return [
    `Catalogue ${directory}${branch}${edits}`,
    `  ${plural(images, "image")}, ${problems.join(", ") || "no problems"}`,
    ...planLines(overview),
    ...failed.map(({ image, message, log }) => `  ${image} failed: ${printable(message)}${log ? ` (${log})` : ""}`),
  ];
}

function planLines({ plan, registry, registryProblem }: Overview): readonly string[] {
  if (registryProblem !== null) return [`  the registry ${registry} cannot be asked: ${printable(registryProblem)}`];
  if (plan === null) return [];
  const { build, pending, retag, unchanged } = plan;
  if (isDone(plan)) return [`  ${registry} has all of them`];
  const parts = [
    ...(build > 0 ? [`${build} to build`] : []),
    ...(pending > 0 ? [`up to ${pending} may follow`] : []),
    ...(retag > 0 ? [`${retag} to retag`] : []),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
  ];
  return [`  a build into ${registry}: ${parts.join(", ")}`];
}

const isDone = ({ build, pending, retag }: NonNullable<Overview["plan"]>) => build + pending + retag === 0;

type Suggestion = readonly [command: string, says: string];

function nextCommands(overview: Overview): readonly Suggestion[] {
  const { isCatalogue, images, errors, plan, registryProblem, failed } = overview;
  if (!isCatalogue)
    return [
      ["slipway init", "start a catalogue here"],
      ["slipway --catalogue DIR", "look at one that is elsewhere"],
    ];
  if (errors > 0) return [["slipway validate", "every problem, with its place and a hint"]];
  if (images === 0)
    return [["slipway import FILE", "make a definition from a Dockerfile, or write images/NAME/image.yaml"]];
  if (registryProblem !== null)
    return [["slipway plan --base HEAD", "what differs from the last commit, without a registry"]];
  const [broken] = failed;
  if (broken) return [[`slipway why ${broken.image}`, "the failure, with the end of its log"], BUILD];
  if (plan !== null && !isDone(plan)) return [["slipway plan", "what a build would do, and why"], BUILD];
  return changing(overview);
}

const BUILD: Suggestion = ["slipway build", "build, test and publish"];

/** Everything is built: what is left is to change something, or to bring a change in. */
function changing({ git }: Overview): readonly Suggestion[] {
  const edit: Suggestion = ["slipway validate", "after a change in images/ or catalog/: every problem of it"];
  if (git === null) return [edit];
  if (git.edits > 0)
    return [
      ["slipway plan --base HEAD", "what the edits change"],
      ["git commit --all", "then push, and open a pull request"],
    ];
  const { branch, trunk } = git;
  const isChange = branch !== null && trunk !== null && branch !== trunk.replace(/^origin\//, "");
  if (isChange) return [[`slipway gate --base ${trunk}`, "what a pull request of this branch will be told"]];
  return [["git switch --create CHANGE", "a branch for a change of images/ or catalog/"], edit];
}
