/** Variables with which this machine reaches a Debian archive; tests that need one pass them on. */
const NEEDED = ["http_proxy", "https_proxy", "no_proxy", "SLIPWAY_APT_SOURCES"];

export function archiveAccess(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(NEEDED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
