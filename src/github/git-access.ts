import { type SimpleGit, simpleGit } from "simple-git";

export interface GitAccess {
  /** The server of the repository's web pages and its Git over HTTP: `https://github.com`. The token is sent nowhere else. */
  readonly serverUrl: string;
  readonly token: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export interface GitInvocation {
  /** Further environment variables for git. */
  readonly env?: Readonly<Record<string, string>>;
  /** Git's standard input. */
  readonly input?: string;
}

/** What git and its HTTP library need from the environment of the machine; anything else could change what they do. */
const PASSED = /^(?:GIT_SSL_CAINFO|SSL_CERT_FILE|SSL_CERT_DIR|TMPDIR|(?:https?|no|all)_proxy)$/i;

/**
 * Git with the token for the forge in its environment: everybody on the machine can see arguments and addresses. Hooks of the
 * repository do not run. The token is sent in the same header as actions/checkout sends it; the empty value before it removes
 * the header that a checkout left in the repository, because two of them are refused.
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
    // A server that sends nothing for this long has failed (git-config(1), http.lowSpeedLimit): bytes a second, seconds.
    ["http.lowSpeedLimit", "1"],
    ["http.lowSpeedTime", "60"],
  ];
  const passed = Object.entries(env).filter(([name, value]) => PASSED.test(name) && value !== undefined);
  const variables: Readonly<Record<string, string>> = {
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
    // Variables that simple-git withholds because they can run programs. These are our own.
    allowEnvironment: Object.keys(variables),
    unsafe: { allowUnsafeConfigEnvCount: true, allowUnsafeHooksPath: true },
    ...(input === undefined ? {} : { input: () => input }),
  }).env({ ...variables });
}
