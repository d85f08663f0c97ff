import { XMLParser } from "fast-xml-parser";
import type { ManifestContent, ManifestRequest, ReadManifest } from "../../model/manifest.js";
import { quote } from "../../model/quote.js";
import { Findings, Places } from "./problem.js";

const DESCRIPTIVE = [
  "modelVersion",
  "groupId",
  "artifactId",
  "version",
  "packaging",
  "name",
  "description",
  "url",
  "inceptionYear",
];
const DESCRIPTIVE_LISTS = [
  "licenses",
  "developers",
  "contributors",
  "organization",
  "scm",
  "properties",
  "dependencies",
];
const ALLOWED = [...DESCRIPTIVE, ...DESCRIPTIVE_LISTS];
const IN_DEPENDENCY = ["groupId", "artifactId", "version", "scope", "type", "optional", "exclusions"];
const COORDINATE = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const EXACT = /^[0-9A-Za-z][0-9A-Za-z._+-]*$/;
const RANGE = /^[[(][0-9A-Za-z._+,-]*[\])](?:,[[(][0-9A-Za-z._+,-]*[\])])*$/;

const HINTS: Readonly<Record<string, string>> = {
  parent: "it would be fetched, and what it brings cannot be seen here",
  build: "plugins are code that runs; Slipway only takes the dependencies",
  repositories: "where packages come from is a setting of the machine (settings.xml)",
  pluginRepositories: "where packages come from is a setting of the machine (settings.xml)",
  dependencyManagement: "write the version at each dependency",
};

type Node = Readonly<Record<string | symbol, unknown>>;
const PLACE = XMLParser.getMetaDataSymbol() as unknown as symbol;

/** Reads a pom.xml that only lists dependencies and describes itself (Maven's POM reference). */
export const readPom: ReadManifest = (text): ManifestContent => {
  const findings = new Findings();
  const places = new Places(text);
  const project = parse(text, findings);
  if (project === undefined) return findings;
  const refuse = (node: unknown, message: string, hint: string) => {
    const { line, column } = placeOf(node, places);
    findings.problem(line, column, message, hint);
  };
  for (const key of Object.keys(project)) {
    if (ALLOWED.includes(key)) continue;
    refuse(
      list(project[key])[0] ?? project,
      `<${key}> is not accepted`,
      HINTS[key] ?? `accepted are ${ALLOWED.join(", ")}`,
    );
  }
  if (!["", "jar", "pom"].includes(textOf(project.packaging)))
    refuse(project, `the packaging ${quote(textOf(project.packaging))} is not accepted`, "write `jar` or `pom`");
  const properties = propertiesOf(project.properties);
  for (const entry of list(project.dependencies).flatMap((some) => list(asNode(some).dependency))) {
    const { request, problem } = readDependency(asNode(entry), properties);
    if (request !== undefined) findings.requests.push({ ...request, ...placeOf(entry, places) });
    if (problem !== undefined) refuse(entry, problem[0], problem[1]);
  }
  return findings;
};

interface Dependency {
  readonly request?: Omit<ManifestRequest, "line" | "column">;
  /** What is wrong, and a hint. */
  readonly problem?: readonly [string, string];
}

function readDependency(node: Node, properties: ReadonlyMap<string, string>): Dependency {
  const value = (key: string) => substitute(textOf(node[key]), properties);
  const [group, artifact, version, scope] = [value("groupId"), value("artifactId"), value("version"), value("scope")];
  const name = `${group}:${artifact}`;
  const odd = Object.keys(node).find((key) => !IN_DEPENDENCY.includes(key));
  const problem = (what: string, hint: string) => ({ problem: [what, hint] }) as const;
  if (odd !== undefined)
    return problem(`<${odd}> of a dependency is not accepted`, `accepted are ${IN_DEPENDENCY.join(", ")}`);
  if (!COORDINATE.test(group) || !COORDINATE.test(artifact))
    return problem(`${quote(name)} names no artifact`, "groupId and artifactId: letters, digits, `.`, `_` and `-`");
  if (!["", "compile", "runtime"].includes(scope))
    return problem(
      `the scope ${quote(scope)} of ${name} is not accepted`,
      "list what is there at run time: `compile` or `runtime`",
    );
  if (!["", "jar"].includes(value("type"))) return problem(`${name} is not a jar`, "only jars can be installed");
  const optional = value("optional") === "true" ? ({ optional: true } as const) : {};
  if (RANGE.test(version) || ["LATEST", "RELEASE"].includes(version))
    return { request: { name, constraint: version, ...optional } };
  if (EXACT.test(version) && !version.endsWith("-SNAPSHOT")) return { request: { name, version, ...optional } };
  return problem(
    `${quote(version)} is not a version of ${name}`,
    "write a released version, a range, or a property of this file",
  );
}

function parse(text: string, findings: Findings): Node | undefined {
  // A document type could define entities, and no POM needs one.
  const forbidden = /<!(?!--|\[CDATA\[)|<\?(?!xml[ \t])/.exec(text);
  if (forbidden !== null) {
    const { line, column } = new Places(text).at(forbidden.index);
    findings.problem(line, column, "document types and processing instructions are not accepted", "leave it out");
    return undefined;
  }
  try {
    const options = { ignoreAttributes: true, processEntities: false, parseTagValue: false, captureMetaData: true };
    // `true`: validate it, because otherwise the parser accepts any text.
    const document = asNode(new XMLParser(options).parse(text, true));
    if (typeof document.project === "object" && !Array.isArray(document.project)) return asNode(document.project);
  } catch {
    // It is too deep or no XML, which is reported below.
  }
  findings.problem(1, 1, "the file is not an XML document with <project>", "Maven would refuse it as well");
  return undefined;
}

function placeOf(node: unknown, places: Places): { line: number; column: number } {
  const { startIndex = 0 } = (asNode(node)[PLACE] ?? {}) as { startIndex?: number };
  return places.at(startIndex);
}

/** A map, because the file chooses the names, and one may be `__proto__`. */
function propertiesOf(value: unknown): ReadonlyMap<string, string> {
  return new Map(Object.entries(asNode(value)).map(([name, text]) => [name, textOf(text)]));
}

/** Properties may refer to properties; after this many steps they lead back to themselves. */
const MAX_STEPS = 5;
const MAX_TEXT = 500;

function substitute(text: string, properties: ReadonlyMap<string, string>): string {
  let value = text;
  for (let step = 0; step < MAX_STEPS && value.includes("${") && value.length < MAX_TEXT; step++)
    value = value.replace(/\$\{([^${}]{1,200})\}/g, (all, name: string) => properties.get(name) ?? all);
  return value;
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const asNode = (value: unknown): Node => (typeof value === "object" && value !== null ? (value as Node) : {});
const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
