import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { CommandError, EXIT } from "./exit.js";
import type { Isolation } from "./model/build-environment.js";
import type { Palette } from "./report/palette.js";
import type { Screen } from "./report/progress.js";
import { resumeCommands, stopCommands, withoutCommands } from "./report/workflow-commands.js";
import { type ColorWhen, canRewrite, paletteOf } from "./terminal.js";

/** The world as a command sees it: the clock, the environment and the terminal are read nowhere else. */
export interface Context {
  /** The catalogue's directory, absolute. */
  readonly catalogue: string;
  readonly env: NodeJS.ProcessEnv;
  readonly json: boolean;
  /** What the command line says about isolation; undefined: the settings of the catalogue decide. */
  readonly isolation?: Isolation | undefined;
  readonly out: (text: string) => void;
  /** Standard input, to its end. */
  readonly input: () => Promise<Buffer>;
  /** Progress and diagnostics; standard output stays clean with --json. */
  readonly note: (text: string) => void;
  /** Writes commands to the log of a workflow (report/workflow-commands.ts); does nothing elsewhere. */
  readonly annotate: (commands: readonly string[]) => void;
  /** Whether `annotate` does something, so that a log can be folded into a group. */
  readonly isWorkflow: boolean;
  /** Columns of the terminal that `out` writes to; undefined: it is none, and nothing is cut. */
  readonly columns: number | undefined;
  /** How text looks that `out` and `note` write. */
  readonly colors: { readonly out: Palette; readonly note: Palette };
  /**
   * Gives the end of the terminal that `note` writes to, until `close`; meanwhile `out` and `note` write whole lines above it.
   * undefined: it is not a terminal.
   */
  readonly openScreen: () => Promise<(Screen & { close(): void }) | undefined>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Seconds since a fixed moment. */
  readonly clock: () => number;
  readonly now: () => Date;
  /** The day as `YYYY-MM-DD`, in UTC: whatever expires does so everywhere at once. */
  readonly today: () => string;
}

export interface GlobalOptions {
  /** Left out: the current directory, or the nearest one above it that holds a catalogue. */
  readonly catalogue?: string;
  readonly json?: boolean;
  readonly isolation?: Isolation;
  readonly color?: ColorWhen;
}

export function createContext(options: GlobalOptions, signal: AbortSignal): Context {
  const { stderr, stdin, stdout, env } = process;
  const log = env.GITHUB_ACTIONS === "true" ? guardLog((text) => stderr.write(text)) : undefined;
  const shown = (text: string) => (log ? withoutCommands(text) : text);
  const { above, openScreen } = screenOn(stderr, env);
  // The same day for the whole command, even across midnight.
  const today = new Date().toISOString().slice(0, 10);
  return {
    catalogue: catalogueOf(options),
    env,
    json: options.json ?? false,
    isolation: options.isolation,
    // JSON is for programs, and none of its lines can begin with a command.
    out: (text) => above(() => stdout.write(options.json ? text : shown(text))),
    input: () => buffer(stdin),
    note: (text) => above(() => stderr.write(shown(text))),
    annotate: (commands) => log?.annotate(commands),
    isWorkflow: log !== undefined,
    columns: canRewrite(stdout, env) ? stdout.columns || 80 : undefined,
    colors: {
      out: paletteOf(stdout, env, options.json ? "never" : options.color),
      note: paletteOf(stderr, env, options.color),
    },
    openScreen,
    signal,
    clock: () => performance.now() / 1000,
    now: () => new Date(),
    today: () => today,
  };
}

/** Throws CommandError where the current directory has been removed. */
function catalogueOf({ catalogue }: GlobalOptions): string {
  if (catalogue !== undefined && isAbsolute(catalogue)) return resolve(catalogue);
  try {
    return catalogue === undefined ? nearestCatalogue(process.cwd()) : resolve(catalogue);
  } catch {
    throw new CommandError(EXIT.usage, "the current directory does not exist any more", "cd to one that does");
  }
}

/** The nearest directory with slipway.yaml, upwards to the repository's top, as Git finds its own; else the current one. */
function nearestCatalogue(directory: string): string {
  // A catalogue can do without slipway.yaml; a folder of pictures called `images` does not make one.
  const has = (name: string) => existsSync(join(directory, name));
  if (has("images") && (has("catalog") || has("policies"))) return directory;
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, "slipway.yaml"))) return at;
    if (existsSync(join(at, ".git")) || dirname(at) === at) return directory;
  }
}

/** The end of a terminal, and what writes above it while it is drawn. */
function screenOn(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv) {
  const direct = (write: () => void) => write();
  let writer = direct;
  return {
    above: (write: () => void) => writer(write),
    openScreen: async () => {
      if (!canRewrite(stream, env)) return undefined;
      const { openScreen } = await import("./screen.js");
      const { draw, above, close, size } = await openScreen(stream);
      writer = above;
      const end = () => {
        writer = direct;
        close();
      };
      return { draw, size, close: end };
    },
  };
}

/**
 * The content of a pull request must not command the workflow that prints it: until the process ends, GitHub Actions obeys
 * only our own lines of its log.
 */
function guardLog(write: (text: string) => void) {
  const token = randomUUID();
  write(`${stopCommands(token)}\n`);
  process.on("exit", () => write(`${resumeCommands(token)}\n`));
  return {
    annotate: (commands: readonly string[]) =>
      write([resumeCommands(token), ...commands, stopCommands(token), ""].join("\n")),
  };
}

/** The state directory of this catalogue: $SLIPWAY_STATE, otherwise `.slipway` in it. */
export const stateRoot = ({ env, catalogue }: Context) =>
  absolute(env.SLIPWAY_STATE) ?? join(resolve(catalogue), ".slipway");

/** The directory of Buildah's storage, if $SLIPWAY_STORAGE names one. */
export const storageRoot = ({ env }: Pick<Context, "env">) => absolute(env.SLIPWAY_STORAGE);

/** Buildah mounts absolute paths only, and the OCI runtime has a working directory of its own. An empty variable names nothing. */
const absolute = (path: string | undefined) => (path ? resolve(path) : undefined);

/** The machine's CA bundle, if the environment names one: the certificates of the system need no path. */
export function caBundle(env: NodeJS.ProcessEnv): string | undefined {
  const own = env.SLIPWAY_CA_BUNDLE;
  const named = own ?? env.NODE_EXTRA_CA_CERTS ?? env.SSL_CERT_FILE;
  const found = named === undefined ? undefined : statSync(named, { throwIfNoEntry: false });
  if (named !== undefined && found?.isFile()) return resolve(named);
  if (!own) return undefined;
  const what = found === undefined ? "does not exist" : "is not a file";
  const hint = "it names a file with certificates (PEM)";
  throw new CommandError(EXIT.usage, `SLIPWAY_CA_BUNDLE names ${own}, which ${what}`, hint);
}

/** The machine's own configuration for package managers; undefined for files that are missing. */
export function machineConfig(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const home = env.HOME ?? "/root";
  return {
    npmrc: readFirst(env.npm_config_userconfig, env.NPM_CONFIG_USERCONFIG, join(home, ".npmrc")),
    "pip.conf": readFirst(env.PIP_CONFIG_FILE, join(home, ".config/pip/pip.conf"), "/etc/pip.conf"),
    "sources.list": readFirst(env.SLIPWAY_APT_SOURCES),
    gemrc: readFirst(env.GEMRC, join(home, ".gemrc"), "/etc/gemrc"),
    "bundle-config": readFirst(env.BUNDLE_USER_CONFIG, join(home, ".bundle/config")),
    "settings.xml": readFirst(join(home, ".m2/settings.xml")),
    "yum.repo": readFirst(env.SLIPWAY_YUM_REPOS),
    "apk-repositories": readFirst(env.SLIPWAY_APK_REPOSITORIES),
  };
}

function readFirst(...paths: readonly (string | undefined)[]): string | undefined {
  const path = paths.find((candidate) => candidate !== undefined && existsSync(candidate));
  return path === undefined ? undefined : readFileSync(path, "utf8");
}
