import { keepLines } from "./machine.js";
import { npmOffers } from "./npm-offers.js";
import type { InstalledPackage, MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";

/**
 * npm (names: validate-npm-package-name; versions: exact or an x-range such as `4.*`). A version can hold no `:` and
 * no `/`, so that a URL, a Git reference or a path of the machine can never be asked for in its place.
 */
export const npm: PackageManager = {
  name: "npm",
  kind: "runtime",
  scopes: ["nodejs"],
  namePattern: /^(?:@[a-z0-9][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9._~-]*$/,
  versionPattern: /^[0-9A-Za-z*][0-9A-Za-z.+*-]*$/,
  normalise: (name) => name,
  spec: (name, version) => (version === undefined ? name : `${name}@${version}`),
  // `npm ls` exits 1 for problems that are none of ours (a peer dependency); its JSON is complete all the same.
  list: ["/bin/sh", "-c", "npm ls --global --depth=0 --json 2>/dev/null || true"],
  parseList,
  offers: npmOffers,
  machine,
};

function parseList(stdout: string): InstalledPackage[] {
  // Nothing at all where npm itself is missing.
  const { dependencies = {} } = JSON.parse(stdout || "{}") as { dependencies?: Record<string, { version?: string }> };
  return Object.entries(dependencies).flatMap(([name, { version }]) => (version ? [{ name, version }] : []));
}

// Where packages come from and how to get there; never what is installed or how, and no path of this machine.
const KEPT = /^\s*(registry|@[^:\s]+:registry|\/\/[^\s=]+|ca|proxy|https-proxy|noproxy|strict-ssl)\s*=/;

function machine({ mount, caBundle, env, config }: MachineNeeds): MachineFiles {
  const npmrc = config.npmrc;
  const registry = env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY;
  return {
    env: {
      npm_config_cache: `${mount}/npm`,
      npm_config_update_notifier: "false",
      ...(caBundle === undefined ? {} : { NODE_EXTRA_CA_CERTS: caBundle }),
      ...(npmrc === undefined ? {} : { npm_config_userconfig: `${mount}/npmrc` }),
      ...(registry === undefined ? {} : { npm_config_registry: registry }),
    },
    directories: ["npm"],
    files: npmrc === undefined ? [] : [{ path: "npmrc", text: expand(keepLines(npmrc, KEPT), env), mode: 0o600 }],
  };
}

/** npm reads `${NAME}` from the environment, which does not reach a RUN step. */
function expand(text: string, env: MachineNeeds["env"]): string {
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (all, name: string) => env[name] ?? all);
}
