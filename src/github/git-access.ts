import { type SimpleGit, simpleGit } from "simple-git";

export interface GitAccess {
  /** Where the repository's web pages are, and its Git over HTTP: `https://github.com`. The token goes nowhere else. */
  readonly serverUrl: string;
  readonly token: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export interface GitInvocation {
  /** More variables for git, on top of ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** For git's standard input. */
  readonly input?: string;
}

/** What git and its HTTP library need of the machine's environment; anything else could change what they do. */
const PASSED = /^(?:GIT_SSL_CAINFO|SSL_CERT_FILE|SSL_CERT_DIR|TMPDIR|(?:https?|no|all)_proxy)$/i;

/**
 * Git with the token for the forge, in the environment: what stands in arguments or addresses is shown to everybody on the
 * machine. Hooks of the repository are not run. As actions/checkout sends the token, so on GitHub it is the same; the empty
 * value before it takes away what a checkout has left in the repository, since two of them are refused.
 */
export function openGit(
  directory: string,
  { serverUrl, token, env, signal }: GitAccess,
  { env: more = {}, input }: GitInvocation = {},
): SimpleGit {
  const header = `http.${serverUrl.replace(/\/+$/, "")}/.extraHeader`;
  const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
  const configuration: readonly (readonly [key: string, value: string])[] = [
    [header, ""],
    [header, `Authorization: Basic ${credentials}`],
    ["core.hooksPath", "/dev/null"],
  ];
  const passed = Object.entries(env).filter(([name, value]) => PASSED.test(name) && value !== undefined);
  const own: Readonly<Record<string, string>> = {
    ...Object.fromEntries(passed),
    PATH: env.PATH ?? "/usr/bin:/bin",
    HOME: env.HOME ?? "/",
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: String(configuration.length),
    ...Object.fromEntries(configuration.map(([key], index) => [`GIT_CONFIG_KEY_${index}`, key])),
    ...Object.fromEntries(configuration.map(([, value], index) => [`GIT_CONFIG_VALUE_${index}`, value])),
    ...more,
  };
  return simpleGit({
    baseDir: directory,
    abort: signal,
    // What simple-git would hold back, because it can run programs. Here it is ours.
    allowEnvironment: Object.keys(own),
    unsafe: { allowUnsafeConfigEnvCount: true, allowUnsafeHooksPath: true },
    ...(input === undefined ? {} : { input: () => input }),
  }).env({ ...own });
}
