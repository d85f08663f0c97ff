import type { MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";

/** Variables through which programs find a CA bundle. */
const CA_VARIABLES = ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"];
const PROXY_VARIABLES = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];

/** Everything that a RUN step needs from this machine: its shell sources `env`; the other files are beside it. */
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

/** Quotes a text as one word for a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
