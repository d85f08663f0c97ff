import type { MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";

/** Variables by which programs of all kinds find a CA bundle. */
const CA_VARIABLES = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"];
const PROXY_VARIABLES = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];

/** Everything a RUN step needs of this machine: `env` is sourced by its shell, the rest is beside it. */
export function machineFiles(managers: readonly Pick<PackageManager, "machine">[], needs: MachineNeeds): MachineFiles {
  const parts = managers.map((manager) => manager.machine(needs));
  const proxies = PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]).flatMap((name) => {
    const value = needs.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const ca = needs.caBundle === undefined ? [] : CA_VARIABLES.map((name) => [name, needs.caBundle as string] as const);
  const env: Record<string, string> = Object.assign(
    Object.fromEntries([...proxies, ...ca]),
    ...parts.map((part) => part.env),
  );
  return {
    env,
    directories: parts.flatMap((part) => part.directories),
    files: [{ path: "env", text: shellExports(env, needs.mount), mode: 0o600 }, ...parts.flatMap((part) => part.files)],
  };
}

function shellExports(env: Readonly<Record<string, string>>, mount: string): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`);
  return `${lines.join("\n")}\nexport PATH=${mount}/bin:$PATH\n`;
}

/** One word for a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
