import type { SourceFacts } from "./source-facts.js";

/** The folders of the pipeline. They never import one another: capabilities compose them. */
const PIPELINE = ["load", "resolve", "policy", "packages", "render", "run", "registry", "github", "report"];

/** The layers, from the top down: a file may import from its own layer or a lower one. */
const LAYERS: readonly (readonly string[])[] = [
  ["cli"],
  ["commands"],
  ["app"],
  ["world"],
  PIPELINE,
  ["model", "system"],
];

/**
 * The capabilities, one folder of src/app each: a capability imports only those before it, and only through the file that has the
 * folder's name.
 */
const CAPABILITIES = ["catalogue", "plan", "contents", "closure", "build", "lock", "gate", "update"];
/** Capabilities beside the order, with those that they may import. */
const BESIDE: Readonly<Record<string, readonly string[]>> = { author: ["catalogue"] };

/** The pure folders. Their functions return the same for the same arguments: no files, network, clock, randomness or environment. */
const PURE = ["resolve", "policy", "render", "model", "report"];
const IMPURE_MODULES =
  /^(?:node:)?(?:fs|child_process|https?|http2|net|tls|dgram|dns|os|process|worker_threads|cluster|timers)(?:\/|$)/;
/** Named as in source-facts.ts: calls end in (), other mentions do not. */
const IMPURE_GLOBALS =
  /^(?:process\b.*|new Date|Date\(\)|Date\.now\b.*|Math\.random\b.*|performance\b.*|fetch\b.*|crypto\.(?:randomUUID|getRandomValues)\b.*)$/;

/** Each dependency is imported in one place, so that it can be replaced and is loaded only where it is needed. */
const HOMES: readonly { dependency: RegExp; homes: readonly string[] }[] = [
  { dependency: /^execa$/, homes: ["run/", "load/"] },
  { dependency: /^p-queue$/, homes: ["run/job-queue.ts"] },
  { dependency: /^handlebars$/, homes: ["render/"] },
  { dependency: /^fast-xml-parser$/, homes: ["packages/manifests/"] },
  { dependency: /^js-yaml$/, homes: ["load/"] },
  { dependency: /^yaml$/, homes: ["load/"] },
  { dependency: /^dockerfile-ast$/, homes: ["load/import/"] },
  { dependency: /^ajv$/, homes: ["load/"] },
  { dependency: /^simple-git$/, homes: ["load/", "github/"] },
  { dependency: /^diff$/, homes: ["report/"] },
  { dependency: /^@octokit\//, homes: ["github/"] },
  { dependency: /^@cyclonedx\//, homes: ["report/"] },
  { dependency: /^packageurl-js$/, homes: ["report/"] },
  { dependency: /^spdx-/, homes: ["policy/", "report/sbom/"] },
  { dependency: /^ae-cvss-calculator$/, homes: ["policy/cvss.ts"] },
  { dependency: /^semver$/, homes: ["packages/"] },
  { dependency: /^yauzl$/, homes: ["load/"] },
  { dependency: /^log-update$/, homes: ["screen.ts"] },
  { dependency: /^commander$/, homes: ["cli.ts", "commands/"] },
];

/** A rule reads all files of src and names each violation, with the path of imports that causes it. */
export type FenceRule = (files: readonly SourceFacts[]) => string[];

export const importsGoDownwards: FenceRule = (files) =>
  files.flatMap(({ path, imports }) => {
    if (layerOf(path) < 0) return [`${path}: belongs to no layer, give it one in test/support/fence.ts`];
    return imports
      .filter(({ to }) => isRelative(to))
      .flatMap(({ to, line }) => {
        if (to.startsWith("../")) return [`${path}:${line} → ${to}: outside of src`];
        return layerOf(to) < layerOf(path)
          ? [`${path}:${line} → ${to}: ${unitOf(path)} must not import ${unitOf(to)}`]
          : [];
      });
  });

/** Checks transitively: neither directly nor through any other file. */
export const foldersStayApart: FenceRule = (files) =>
  files.flatMap(({ path }) => {
    const folder = unitOf(path);
    if (!PIPELINE.includes(folder)) return [];
    const foreign = pathFrom(path, files, (to) => PIPELINE.includes(unitOf(to)) && unitOf(to) !== folder);
    return foreign ? [`${foreign.join(" → ")}: ${folder} must not depend on ${unitOf(foreign.at(-1) ?? "")}`] : [];
  });

export const capabilitiesInOrder: FenceRule = (files) =>
  files.flatMap(({ path, imports }) => {
    const own = capabilityOf(path);
    if (own !== undefined && !isCapability(own))
      return [`${path}: ${own} is no capability, give it a place in test/support/fence.ts`];
    return imports.flatMap(({ to, line }) => {
      const other = capabilityOf(to);
      if (other === undefined || other === own) return [];
      if (own !== undefined && !lowerThan(own).includes(other))
        return [`${path}:${line} → ${to}: ${own} must not import ${other}`];
      const entry = `app/${other}/${other}.ts`;
      return to === entry ? [] : [`${path}:${line} → ${to}: ${other} is entered by ${entry}`];
    });
  });

export const modelStandsAlone: FenceRule = (files) =>
  files.flatMap(({ path, imports }) =>
    imports
      .filter(({ to }) => unitOf(path) === "model" && unitOf(to) !== "model")
      .map(({ to, line }) => `${path}:${line} → ${to}: model imports nothing but model`),
  );

/** Each cycle once, starting from its alphabetically first file. */
export const noCycles: FenceRule = (files) =>
  files.flatMap(({ path }) => {
    const cycle = pathFrom(path, files, (to) => to === path);
    const first = cycle?.every((step) => step >= path) ?? false;
    return cycle && first ? [`${cycle.join(" → ")}: a cycle`] : [];
  });

export const oneHomePerDependency: FenceRule = (files) =>
  files.flatMap(({ path, imports }) =>
    imports
      .filter(({ to }) => !isRelative(to) && !to.startsWith("node:"))
      .flatMap(({ to, line }) => {
        const rule = HOMES.find(({ dependency }) => dependency.test(to.replace(/^([^@/]+)\/.*/, "$1")));
        if (rule === undefined)
          return [`${path}:${line} → ${to}: no home for it, give it one in test/support/fence.ts`];
        if (rule.homes.some((home) => path.startsWith(home))) return [];
        return [`${path}:${line} → ${to}: its home is ${rule.homes.join(" and ")}`];
      }),
  );

export const oneExit: FenceRule = (files) =>
  files.flatMap(({ path, globals }) =>
    globals
      .filter(({ name }) => /^process\.exit\b/.test(name) && path !== "cli.ts")
      .map(({ line }) => `${path}:${line}: process.exit belongs to cli.ts; return or throw`),
  );

export const pureFoldersArePure: FenceRule = (files) =>
  files
    .filter(({ path }) => PURE.includes(unitOf(path)))
    .flatMap(({ path, imports, globals }) => [
      ...imports.filter(({ to }) => IMPURE_MODULES.test(to)).map(({ to, line }) => `${path}:${line} → ${to}`),
      ...globals.filter(({ name }) => IMPURE_GLOBALS.test(name)).map(({ name, line }) => `${path}:${line}: ${name}`),
    ])
    .map((found) => `${found}: a pure folder takes it as an argument`);

/** What may be loaded before it is known which verb runs. */
const LIGHT =
  /^(?:commands\/.*|exit\.ts|context\.ts|terminal\.ts|app\/deferred\.ts|report\/workflow-commands\.ts|commander|node:.*)$/;

/** Most of a short command's time is spent on imports: a verb imports what it needs when it runs. */
export const verbsStartLight: FenceRule = (files) =>
  files
    .filter(({ path }) => path === "cli.ts" || path.startsWith("commands/"))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ to, isLoaded }) => isLoaded && !LIGHT.test(to))
        .map(({ to, line }) => `${path}:${line} → ${to}: import it in the function that needs it`),
    );

/** Tests of a feature, which need not belong to one file. */
const FEATURES = /^(?:cli|e2e|exhaustive|golden|integration|runtimes|scripts|workflows)\//;

/**
 * `test/x/y.test.ts` tests `src/x/y.ts`. Several files for one have a topic each: `y.topic.test.ts`. Paths are relative to test and
 * src; tests at the top of test are about all of src.
 */
export function unmirroredTests(tests: Iterable<string>, sources: ReadonlySet<string>): string[] {
  return [...tests]
    .filter((path) => path.endsWith(".test.ts") && path.includes("/") && !FEATURES.test(path))
    .filter((path) => !sources.has(path.replace(/(?:\.[^./]+)?\.test\.ts$/, ".ts")))
    .map((path) => `test/${path}: mirrors no file of src`);
}

export const MAX_LINES = 400;

export function tooLong(sources: ReadonlyMap<string, string>): string[] {
  return [...sources].flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, "").split("\n").length;
    return lines > MAX_LINES ? [`${path}: ${lines} lines, at most ${MAX_LINES}`] : [];
  });
}

/** Node's own functions say ENOENT for a full or read-only disk. */
export function oneWayToMakeDirectories(sources: ReadonlyMap<string, string>): string[] {
  const others = [...sources].filter(([path]) => path !== "system/make-directory.ts");
  return others.flatMap(([path, text]) =>
    /\bmkdir(?:Sync)?\([^;]*\brecursive: true/.test(text)
      ? [`${path}: directories are made by system/make-directory.ts`]
      : [],
  );
}

export const MAX_FUNCTION_LINES = 59;
export const MAX_PARAMETERS = 4;

/** Functions that have a name. One that declares tests is as long as its tests. */
export const functionsAreSmall: FenceRule = (files) =>
  files.flatMap(({ path, functions }) =>
    functions.flatMap(({ name, line, lines, parameters, isSuite }) => [
      ...(lines > MAX_FUNCTION_LINES && !isSuite
        ? [`${path}:${line}: ${name} has ${lines} lines, at most ${MAX_FUNCTION_LINES}`]
        : []),
      ...(parameters > MAX_PARAMETERS
        ? [`${path}:${line}: ${name} has ${parameters} parameters, at most ${MAX_PARAMETERS}`]
        : []),
    ]),
  );

/** The folder of a file in src. Besides folders there are bin.ts, cli.ts and the files that give effects their access to the world. */
function unitOf(path: string): string {
  if (path.includes("/")) return path.slice(0, path.indexOf("/"));
  return path === "cli.ts" || path === "bin.ts" ? "cli" : "world";
}

/** undefined if the file belongs to no capability. */
const capabilityOf = (path: string) => /^app\/([^/]+)\//.exec(path)?.[1];

const isCapability = (name: string) => CAPABILITIES.includes(name) || name in BESIDE;

const lowerThan = (name: string) => BESIDE[name] ?? CAPABILITIES.slice(0, CAPABILITIES.indexOf(name));

function layerOf(path: string): number {
  return LAYERS.findIndex((layer) => layer.includes(unitOf(path)));
}

function isRelative(to: string): boolean {
  return to.startsWith("../") || /\.(?:ts|[cm]js|json)$/.test(to);
}

/** The shortest chain of imports from a file to a matching one, both ends included. */
function pathFrom(
  start: string,
  files: readonly SourceFacts[],
  wanted: (path: string) => boolean,
): readonly string[] | undefined {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports.map(({ to }) => to).filter(isRelative)]));
  const seen = new Set<string>();
  const paths: string[][] = [[start]];
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    for (const to of importsOf.get(path.at(-1) ?? "") ?? []) {
      if (wanted(to)) return [...path, to];
      if (!seen.has(to)) paths.push([...path, to]);
      seen.add(to);
    }
  }
  return undefined;
}
