import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { importCommits, type PlannedImage, planImages } from "./generate-catalogue.js";
import { type Contestant, call } from "./measure.js";

/** The answers of turbo, which every round must agree with. */
export interface Turbo extends Contestant {
  /** How many packages the last answer had. */
  readonly affected: () => number;
}

/**
 * turbo (Turborepo, of the npm registry) on a workspace with the same graph: one package an image, which depends on its parent's. It
 * answers which packages a commit affects. It keeps nothing between such questions.
 */
export function turboOn(directory: string, count: number): (variant: "leaf" | "mid") => Turbo {
  const workspace = join(directory, `workspace-${count}`);
  mkdirSync(workspace, { recursive: true });
  call("git", ["init", "--quiet", "--initial-branch=main", workspace]);
  const images = planImages(count);
  const [leaf, middle] = [images.at(-1), images.find(({ level }) => level === 2)] as [PlannedImage, PlannedImage];
  importCommits(workspace, [
    ["main", undefined, [...ROOT_FILES, ...images.flatMap(packageFiles)]],
    ["leaf", "main", [[settingsOf(leaf), "debug\n"]]],
    ["mid", "main", [[settingsOf(middle), "debug\n"]]],
  ]);
  const program = installed(directory);
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_SCM_BASE: "HEAD~1", TURBO_SCM_HEAD: "HEAD" };
  return (variant) => {
    let affected = 0;
    return {
      name: "turbo ls",
      prepare: () => void call("git", ["checkout", "--quiet", "--force", variant], { cwd: workspace }),
      run: () => {
        const answer = call(program, ["ls", "--affected", "--output=json"], { cwd: workspace, env });
        affected = (JSON.parse(answer.slice(answer.indexOf("{"))) as { packages: { count: number } }).packages.count;
      },
      affected: () => affected,
    };
  };
}

/** The path of turbo, which npm installs into a directory of its own. */
function installed(directory: string): string {
  const prefix = join(directory, "turbo");
  mkdirSync(prefix, { recursive: true });
  call("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", prefix, "turbo@2"], { cwd: prefix });
  return join(prefix, "node_modules/.bin/turbo");
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const ROOT_FILES: readonly (readonly [string, string])[] = [
  ["package.json", json({ name: "root", private: true, packageManager: "npm@10.0.0", workspaces: ["packages/*"] })],
  ["package-lock.json", json({ name: "root", lockfileVersion: 3, requires: true, packages: { "": { name: "root" } } })],
  ["turbo.json", json({ tasks: { build: { dependsOn: ["^build"] } } })],
  [".gitignore", ".turbo\n"],
];

const settingsOf = ({ name }: PlannedImage) => `packages/${name}/settings.txt`;

const packageFiles = (image: PlannedImage): (readonly [string, string])[] => {
  const { name, parent } = image;
  const dependencies = parent === undefined ? {} : { [parent]: "1.0.0" };
  return [
    [`packages/${name}/package.json`, json({ name, version: "1.0.0", scripts: { build: "true" }, dependencies })],
    [settingsOf(image), "info\n"],
  ];
};
