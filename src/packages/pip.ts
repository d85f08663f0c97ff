import { keepLines } from "./machine.js";
import type { InstalledPackage, MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";
import { pipOffers } from "./pip-offers.js";

/** Names compare in their normalised form (PEP 503). */
const normalisePipName = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");

/** pip (names: PEP 508; versions: PEP 440, where `==2.9.*` is a prefix match). */
export const pip: PackageManager = {
  name: "pip",
  kind: "runtime",
  scopes: ["python3"],
  namePattern: /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
  versionPattern: /^[0-9A-Za-z*][0-9A-Za-z.+!*-]*$/,
  normalise: normalisePipName,
  spec: (name, version) => (version === undefined ? name : `${name}==${version}`),
  // Python itself knows what is installed; pip need not be in the image for this.
  list: [
    "python3",
    "-c",
    'import importlib.metadata as m, json; print(json.dumps([[d.metadata["Name"], d.version] for d in m.distributions()]))',
  ],
  parseList,
  offers: pipOffers,
  machine,
};

function parseList(stdout: string): InstalledPackage[] {
  // null for what a broken installation left behind.
  const entries = JSON.parse(stdout) as [string | null, string | null][];
  return entries.flatMap(([name, version]) => (name && version ? [{ name: normalisePipName(name), version }] : []));
}

const KEPT =
  /^(?:\[|(?:index-url|extra-index-url|index_url|extra_index_url|trusted-host|proxy|timeout|retries)\s*[=:])/;
/** configparser of Python: what is indented belongs to the value above it. */
const CONTINUES = /^[ \t]+\S/;

function machine({ mount, caBundle, env, config }: MachineNeeds): MachineFiles {
  const conf = config["pip.conf"];
  const passed = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_PROXY"].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    env: {
      PIP_CACHE_DIR: `${mount}/pip`,
      ...(caBundle === undefined ? {} : { PIP_CERT: caBundle }),
      ...(conf === undefined ? {} : { PIP_CONFIG_FILE: `${mount}/pip.conf` }),
      ...Object.fromEntries(passed),
    },
    directories: ["pip"],
    files: conf === undefined ? [] : [{ path: "pip.conf", text: keepLines(conf, KEPT, CONTINUES), mode: 0o600 }],
  };
}
