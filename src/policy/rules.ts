import type { Catalogue } from "../model/catalogue.js";
import type { Command } from "../model/definition.js";
import type { Diagnostic, Position } from "../model/diagnostic.js";
import type { Graph, ImageNode } from "../model/graph.js";
import { nearest } from "../model/nearest.js";
import type { PackageSyntax } from "../model/package-syntax.js";

export interface RuleContext {
  readonly catalogue: Catalogue;
  readonly graph: Graph;
  readonly node: ImageNode;
  /** undefined: Slipway has no package manager for the image's system or language. */
  readonly system: PackageSyntax | undefined;
  readonly runtime: PackageSyntax | undefined;
}

/** One rule: a pure function from an image and its surroundings to what is wrong with it. */
export type Rule = (context: RuleContext) => readonly Diagnostic[];

/** Only a base image may bring in what is not of this catalogue: every other image derives from one. */
const baseOnly: Rule = ({ node: { definition } }) => {
  const { kind, origin } = definition;
  if (kind === "BaseImage" || origin.type === "parent") return [];
  return [
    problem(
      "base-only",
      `only a BaseImage may use \`${origin.type}\``,
      "write `kind: BaseImage`, or name a `parent`",
      definition.source.at(`/${origin.type}`, "key"),
    ),
  ];
};

const knownBase: Rule = ({ catalogue, node: { definition } }) => {
  const { origin, source } = definition;
  if (origin.type !== "from" || origin.ref === "scratch" || catalogue.bases.has(origin.ref)) return [];
  const near = nearest(origin.ref, catalogue.bases.keys());
  const hint = near
    ? `did you mean \`${near}\`?`
    : "an administrator can add it, pinned by digest, to catalog/bases.yaml";
  return [
    problem("unknown-base", `${JSON.stringify(origin.ref)} is not in catalog/bases.yaml`, hint, source.at("/from")),
  ];
};

const extendable: Rule = ({ graph, node: { definition } }) => {
  const { origin, source } = definition;
  const parent = origin.type === "parent" ? graph.nodes.get(origin.parent) : undefined;
  if (parent === undefined || parent.definition.metadata.extendable) return [];
  const hint = `${parent.definition.source.file} says \`extendable: false\`; choose another parent`;
  return [problem("not-extendable", `nothing may derive from ${parent.name}`, hint, source.at("/parent"))];
};

/** A language and an operating system are given once and inherited: a child may repeat them, not change them. */
const agrees: Rule = ({ graph, node: { definition } }) => {
  const { origin, source } = definition;
  const parent = origin.type === "parent" ? graph.nodes.get(origin.parent) : undefined;
  if (parent === undefined) return [];
  return (["language", "os"] as const).flatMap((field) => {
    const own = definition[field];
    const inherited = parent[field];
    if (own === undefined || own === inherited || (field === "language" && inherited === undefined)) return [];
    const message = `${field} ${JSON.stringify(own)} does not agree with the parent's (${inherited ?? "none"})`;
    return [problem(`${field}-mismatch`, message, `leave \`${field}\` out to inherit it`, source.at(`/${field}`))];
  });
};

const systemPackages: Rule = ({ node, system }) => {
  const { systemPackages: requests, systemPackagesKey: key, source } = node.definition;
  if (requests.length === 0) return [];
  const wrong = (code: string, message: string, hint: string) => [
    problem(code, message, hint, source.at(`/${key}`, "key")),
  ];
  if (node.os === undefined) {
    return wrong("no-os", "there is no operating system to install packages on", "derive from an image that has one");
  }
  if (key === "photon-packages" && node.os !== "photon") {
    return wrong("os-mismatch", `\`photon-packages\` on an image of ${node.os}`, "write `system-packages`");
  }
  if (system) return [];
  return wrong(
    "no-package-manager",
    `Slipway cannot install packages on ${node.os} yet`,
    "systems so far: debian, ubuntu",
  );
};

/** Those of src/languages, for the hint: this stage does not see them. */
export const LANGUAGES = ["go", "golang", "java", "nodejs", "powershell", "python3", "ruby"];

const runtimePackages: Rule = ({ node, runtime }) => {
  if (node.definition.runtimePackages.length === 0 || runtime) return [];
  const at = node.definition.source.at("/runtime-packages", "key");
  if (node.language === undefined) {
    const hint = "write `language: python3`, or derive from an image that has one";
    return [problem("no-language", "`runtime-packages` needs a `language`", hint, at)];
  }
  const message = `there is no package manager for ${node.language}`;
  const hint = `Slipway has ${LANGUAGES.join(", ")}; a catalogue adds others in catalog/languages`;
  return [problem("no-package-manager", message, hint, at)];
};

/** Without an operating system there is no shell to run a string. */
const noShell: Rule = ({ node: { os, definition } }) => {
  if (os !== undefined) return [];
  const { setup, run, source } = definition;
  const commands: [string, Command | undefined][] = [
    ...setup.map((command, index): [string, Command] => [`/setup/${index}`, command]),
    ["/run/entrypoint", run.entrypoint],
    ["/run/cmd", run.cmd],
  ];
  const message = "there is no operating system, so no shell to run this";
  const hint = "write the command as a list, or derive from an image with an operating system";
  return commands.flatMap(([pointer, command]) =>
    command?.form === "shell" ? [problem("no-shell", message, hint, source.at(pointer))] : [],
  );
};

/** Tags that Slipway gives itself a meaning: a version must not be one of them. */
const ownTags: Rule = ({ node: { definition } }) => {
  const { version, source } = definition;
  if (version !== "latest" && !/^[kt]-[0-9a-f]{64}$/.test(version)) return [];
  const message = `${JSON.stringify(version)} is a tag of Slipway's own`;
  return [problem("reserved-version", message, "give the image a version such as `1.0`", source.at("/version"))];
};

export const RULES: readonly Rule[] = [
  baseOnly,
  knownBase,
  extendable,
  agrees,
  systemPackages,
  runtimePackages,
  noShell,
  ownTags,
];

function problem(code: string, message: string, hint: string, at: Position): Diagnostic {
  return { code, severity: "error", message, hint, ...at };
}
