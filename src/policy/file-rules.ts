import { type AttributedFile, CODE_KINDS, type CodeKind, type FileOrigin } from "../model/attribution.js";
import { cut, firstOf } from "../model/cut.js";
import { type Diagnostic, errorAt, type Place } from "../model/diagnostic.js";
import type { ImageNode } from "../model/graph.js";
import { holdsFor, holdsForImage, type ImagePolicy, type SetupPolicy } from "../model/policies.js";
import { wildcardMatches } from "../model/wildcard.js";
import { atLevel } from "./package-rules.js";

/** A difference between the package databases of an image and what they must be. */
export interface DatabaseProblem {
  /** Names of packages, or a path. */
  readonly what: string;
  readonly problem: string;
  /** The database, or the file that the package is known by; empty: it is not there. */
  readonly place: string;
}

export interface FileFindings {
  readonly node: ImageNode;
  readonly files: readonly AttributedFile[];
  /** Paths of files of packages that have other bytes than in the package. */
  readonly changed: ReadonlyMap<string, string>;
  readonly databases: readonly DatabaseProblem[];
  /** Paths of files that were there before `setup` and are gone, and that the image does not start from either. */
  readonly removed: readonly string[];
  /** false: what package managers write cannot be told from what `setup` writes. */
  readonly watched: boolean;
}

/** Files and problems that one message names. */
const SHOWN = 3;

/** Checks what made the files of an image that was built. */
export function checkFiles(findings: FileFindings, policy: ImagePolicy | undefined): readonly Diagnostic[] {
  return [...databases(findings), ...changedFiles(findings), ...madeBySetup(findings, policy?.setup)];
}

/** What package managers keep for themselves: only they may write there. */
const DATABASE =
  /^\/var\/lib\/(?:dpkg|rpm)(?:\/(?!alternatives\/)|$)|^\/usr\/lib\/sysimage\/rpm(?:\/|$)|^(?:\/usr)?\/lib\/apk\/db(?:\/|$)/;
const ABOVE_DATABASES = new Set(["/var", "/var/lib", "/usr", "/usr/lib", "/usr/lib/sysimage", "/lib"]);

const isDatabase = ({ path, kind }: AttributedFile) =>
  DATABASE.test(path) || (kind === "deleted" && ABOVE_DATABASES.has(path));

/** The databases are the parent's and the closure: nothing missing, nothing more, nothing edited. */
function databases({ node, files, removed, databases: problems, watched }: FileFindings): Diagnostic[] {
  const written = files.filter((file) => watched && file.origin.type === "setup" && isDatabase(file));
  const texts = [
    ...problems.map(({ what, problem }) => `${what} ${problem}`),
    ...written.map(({ path, kind }) => `\`setup\` ${kind === "deleted" ? "removes" : "writes"} ${path}`),
    ...removed.flatMap((path) => (DATABASE.test(path) ? [`\`setup\` removes ${path}`] : [])),
  ];
  if (texts.length === 0) return [];
  const message = `the package databases of ${node.name} are not those of its parent with the packages that it installs: ${firstOf(texts, SHOWN)}`;
  const hint =
    "request packages in `system-packages` and `runtime-packages`, and leave the databases to the package managers";
  return [errorAt(setupPlace(node), "package-database", message, hint)];
}

function changedFiles({ node, changed }: FileFindings): Diagnostic[] {
  if (changed.size === 0) return [];
  const texts = [...changed].map(([path, name]) => `${path} (${name})`);
  const message = `files of packages in ${node.name} are not as in the packages: ${firstOf(texts, SHOWN)}`;
  const hint = "take out of `setup` and the artifacts what changes them; configuration files may be changed";
  return [errorAt(setupPlace(node), "package-file-changed", message, hint)];
}

/** A policy that does not speak of setup demands the same as one that allows nothing. */
const DEFAULT = { level: "enforce", reach: [], baseImages: false, allow: [] } as const;

function madeBySetup({ node, files }: FileFindings, policy: SetupPolicy | undefined): Diagnostic[] {
  const demand = policy ?? DEFAULT;
  if (!holdsForImage(demand, node.definition)) return [];
  const allowances = demand.allow.filter((each) => holdsFor(each, node.name));
  const refused = new Map<string, Refused>();
  for (const file of files) {
    if (isDatabase(file)) continue;
    const kind = refusedKind(file, allowances);
    if (kind === undefined) continue;
    const [stage, isArtifact] = [stageOf(file.origin), file.origin.type === "artifact" && kind === "setting"];
    const key = `${kind} ${isArtifact} ${stage ?? ""}`;
    const group = refused.get(key) ?? { stage, isArtifact, kind, paths: [] };
    group.paths.push(file.path);
    refused.set(key, group);
  }
  return [...refused.values()].map((group) => atLevel(refusal(group, node, policy), demand));
}

interface Refused {
  readonly stage: string | undefined;
  readonly isArtifact: boolean;
  readonly kind: CodeKind;
  readonly paths: string[];
}

function refusal({ stage, isArtifact, kind, paths }: Refused, node: ImageNode, policy: SetupPolicy | undefined) {
  const where = stage === undefined ? "" : ` in the stage ${stage}`;
  const list = cut(paths, SHOWN).shown.length === paths.length ? paths.join(", ") : firstOf(paths, SHOWN);
  const allow = `\`setup: { allow: … }\` in ${policy?.source.file ?? "policies/images.yaml"} lets it pass`;
  if (isArtifact) {
    const message = `an artifact of ${node.name} is ${NOUNS[kind]}, in all images that derive from it: ${list}`;
    const at = node.definition.source.at(`${node.definition.pointer}/artifacts`, "key");
    return errorAt(at, "setup-made", message, `put it into a base image or a module; ${allow}`);
  }
  const message = `\`setup\` of ${node.name}${where} makes ${NOUNS[kind]}: ${list}`;
  const python = kind === "bytecode" ? "write a command that imports Python modules as a string, not as a list; " : "";
  const hint = `${python}install it as a package or declare it as an artifact; ${allow}`;
  return errorAt(setupPlace(node, stage), "setup-made", message, hint);
}

const NOUNS: Readonly<Record<CodeKind, string>> = {
  executable: "something executable",
  library: "a library",
  archive: "an archive of code",
  bytecode: "bytecode",
  module: "something that interpreters load",
  setuid: "a setuid or setgid program",
  capability: "a program with capabilities",
  device: "a device, or something below /dev",
  setting: "a setting that makes programs load or fetch something else",
};

/** The first kind of a file that no entry of the policy allows; undefined: the file may be there. */
function refusedKind({ path, code = [] }: AttributedFile, allowances: SetupPolicy["allow"]): CodeKind | undefined {
  const own = allowances.filter(({ paths }) => paths.some((pattern) => wildcardMatches(pattern, path)));
  const isAllowed = (kind: CodeKind) => own.some(({ kinds }) => kinds.length === 0 || kinds.includes(kind));
  return CODE_KINDS.find((kind) => code.includes(kind) && !isAllowed(kind));
}

const stageOf = (origin: FileOrigin) => (origin.type === "setup" ? origin.stage : undefined);

/** The `setup` of a stage or of the image, in the image's own definition where that has one. */
function setupPlace({ stages, definition }: ImageNode, stage?: string): Place {
  const bodies = stages.find(({ name }) => name === stage)?.bodies ?? [];
  const body = bodies.findLast(({ setup }) => setup.length > 0);
  if (body === undefined) return definition.source.at(`${definition.pointer}/name`);
  return body.source.at(`${body.pointer}/setup`, "key");
}
