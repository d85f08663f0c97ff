import { mkdirSync } from "node:fs";
import { approvedList, INSTALLERS, LIST_LENGTH, packageName } from "./generate-packages.js";
import { call } from "./measure.js";

/** The fraction of all images on each level: a few bases, the runtimes on them, frameworks, and many small services. */
const LEVELS = [0.002, 0.02, 0.08, 0.3] as const;
const TEAMS = ["billing", "delivery", "identity", "insight", "media", "orders", "search", "storefront"] as const;
const LANGUAGES = ["python3", "nodejs"] as const;

/** The one-file changes that a catalogue's second commit can make. Each is a branch whose parent is `main`. */
export const VARIANTS = ["leaf", "mid", "package"] as const;
export type Variant = (typeof VARIANTS)[number];

export interface PlannedImage {
  readonly index: number;
  readonly name: string;
  readonly level: number;
  readonly parent: string | undefined;
  readonly team: string;
  readonly language: (typeof LANGUAGES)[number];
}

/**
 * Makes a repository with a catalogue of `count` images on `main`, and a branch with one more commit for every variant. Nothing is
 * checked out, because a plan between commits does not read the working tree. The same count gives the same catalogue.
 */
export function generateRepository(directory: string, count: number): void {
  mkdirSync(directory, { recursive: true });
  call("git", ["init", "--quiet", "--initial-branch=main", directory]);
  const images = planImages(count);
  const leaf = images.at(-1);
  const middle = images.find(({ level }) => level === 2);
  if (leaf === undefined || middle === undefined) throw new Error("a catalogue of five levels needs 20 images");
  const stream = [
    commit("main", undefined, catalogueFiles(images)),
    commit("leaf", "main", [[imagePath(leaf), definition(leaf, "debug")]]),
    commit("mid", "main", [[imagePath(middle), definition(middle, "debug")]]),
    commit("package", "main", [["catalog/system/debian.yaml", approvedList("system", "debian", CHANGED_PACKAGE)]]),
  ];
  importStream(directory, stream);
}

/** Adds commits, each on a branch of its own, with the files that differ from another branch. */
export function importCommits(
  directory: string,
  commits: readonly (readonly [branch: string, parent: string | undefined, files: readonly File[]])[],
): void {
  importStream(
    directory,
    commits.map(([branch, parent, files]) => commit(branch, parent, files)),
  );
}

function importStream(directory: string, stream: readonly string[]): void {
  call("git", ["fast-import", "--quiet"], { cwd: directory, input: stream.join("") });
  // One pack with deltas, like a clone.
  call("git", ["repack", "-a", "-d", "-q"], { cwd: directory });
}

/** Makes HEAD the variant's commit; HEAD~1 is the whole catalogue before it. */
export function selectVariant(directory: string, variant: string): void {
  call("git", ["symbolic-ref", "HEAD", `refs/heads/${variant}`], { cwd: directory });
}

/** Index of the system package whose approved version the variant `package` changes. */
const CHANGED_PACKAGE = 7;

type File = readonly [path: string, text: string];

function catalogueFiles(images: readonly PlannedImage[]): File[] {
  return [
    ["slipway.yaml", "kind: Settings\nregistry: oci:.slipway/registry\nplatforms: [linux/amd64]\n"],
    ["catalog/system/debian.yaml", approvedList("system", "debian")],
    ...LANGUAGES.map((language): File => [`catalog/runtime/${language}.yaml`, approvedList("runtime", language)]),
    ...images.map((image): File => [imagePath(image), definition(image, "info")]),
  ];
}

/** Format of git-fast-import(1). Times are constant, so that the commits are, too. */
function commit(branch: string, parent: string | undefined, files: readonly File[]): string {
  const message = `catalogue: ${branch}`;
  const person = "Bench <bench@example.org> 1700000000 +0000";
  const head = `commit refs/heads/${branch}\ncommitter ${person}\ndata ${message.length}\n${message}\n`;
  const entries = files.map(([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  return `${head}${parent === undefined ? "" : `from refs/heads/${parent}\n`}${entries.join("")}\n`;
}

/** All images, parents first. The images of each level are spread evenly over their possible parents. */
export function planImages(count: number): PlannedImage[] {
  const sizes: number[] = LEVELS.map((part) => Math.max(1, Math.round(count * part)));
  sizes.push(count - sizes.reduce((sum, size) => sum + size, 0));
  const images: PlannedImage[] = [];
  let above: readonly PlannedImage[] = [];
  for (const [level, size] of sizes.entries()) {
    const start = images.length;
    for (let place = 0; place < size; place++) {
      images.push(planImage(images.length, level, above[Math.floor((place * above.length) / size)]));
    }
    above = images.slice(start);
  }
  return images;
}

function planImage(index: number, level: number, parent: PlannedImage | undefined): PlannedImage {
  const team = TEAMS[index % TEAMS.length] ?? TEAMS[0];
  const language = parent !== undefined && level > 1 ? parent.language : (LANGUAGES[index % 2] ?? LANGUAGES[0]);
  const role = ["base", language, "framework", "service", "job"][level];
  const name = `${level === 0 ? "debian" : team}-${role}-${String(index).padStart(5, "0")}`;
  return { index, name, level, parent: parent?.name, team, language };
}

const imagePath = ({ name }: PlannedImage) => `images/${name}/image.yaml`;

/** About 15 lines, as a developer would write them. */
function definition(image: PlannedImage, logLevel: string): string {
  const { index, name, level, parent, team, language } = image;
  const head = parent === undefined ? BASE : [`parent: ${parent}`, ...(level === 1 ? [`language: ${language}`] : [])];
  const system = [0, 1, 2].map((place) => packageName("system", index * 7 + place * 101, LIST_LENGTH));
  const runtime = [0, 1].map((place) => packageName(language, index * 11 + place * 53, LIST_LENGTH));
  return `${[
    ...(parent === undefined ? ["kind: BaseImage"] : []),
    `name: ${name}`,
    `version: "1.${index % 40}"`,
    `description: Number ${index} of team ${team}.`,
    ...head,
    "metadata:",
    `  role: team-${team}`,
    `  author: ${team}@example.org`,
    ...(level === 0 ? [] : [`system-packages: [${system.join(", ")}]`]),
    ...(level === 0 ? [] : ["runtime-packages:", ...runtime.map((entry) => `  - ${entry}`)]),
    "env:",
    `  SERVICE_NAME: ${name}`,
    `  LOG_LEVEL: ${logLevel}`,
    `labels: { org.example.team: ${team} }`,
    "tests:",
    `  - name: level ${level} is in order`,
    `    command: [test, -d, /srv/${index % 97}]`,
  ].join("\n")}\n`;
}

/** With the package managers of all languages, which images that request runtime packages must have. */
const BASE = [
  "os: debian",
  "bootstrap:",
  "  manager: apt",
  "  suite: bookworm",
  `  packages: [${INSTALLERS.join(", ")}]`,
];
