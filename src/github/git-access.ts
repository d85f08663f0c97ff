import { type SimpleGit, simpleGit } from "simple-git";

export interface GitAccess {
  /** Where the repository's web pages are, and its Git over HTTP: `https://github.com`. The token goes nowhere else. */
  readonly serverUrl: string;
  readonly token: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Configuration in environment variables that simple-git would hold back, because it can run programs. Here it is ours. */
const CONFIGURATION = [
  "GIT_SSL_CAINFO",
  "GIT_CONFIG_COUNT",
  ...[0, 1].flatMap((n) => [`GIT_CONFIG_KEY_${n}`, `GIT_CONFIG_VALUE_${n}`]),
];

/**
 * Git with the token for the forge, in the environment: what stands in arguments or addresses is shown to everybody on the
 * machine. Hooks of the repository are not run. As actions/checkout sends the token, so on GitHub it is the same.
 */
export function openGit(directory: string, { serverUrl, token, env, signal }: GitAccess): SimpleGit {
  const credentials = Buffer.from(`x-access-token:${token}`).toString("base64");
  return simpleGit({
    baseDir: directory,
    abort: signal,
    allowEnvironment: CONFIGURATION,
    unsafe: { allowUnsafeConfigEnvCount: true, allowUnsafeHooksPath: true },
  }).env({
    PATH: env.PATH ?? "/usr/bin:/bin",
    HOME: env.HOME ?? "/",
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    ...(env.GIT_SSL_CAINFO === undefined ? {} : { GIT_SSL_CAINFO: env.GIT_SSL_CAINFO }),
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: `http.${serverUrl.replace(/\/+$/, "")}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    GIT_CONFIG_KEY_1: "core.hooksPath",
    GIT_CONFIG_VALUE_1: "/dev/null",
  });
}
