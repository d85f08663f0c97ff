import { aptOffers } from "./apt-offers.js";
import type { MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/** apt of Debian and its descendants (apt-get(8), Debian Policy §5.6.1 for names and §5.6.12 for versions). */
export const apt: PackageManager = {
  name: "apt",
  kind: "system",
  scopes: ["debian", "ubuntu"],
  // apt-get reads a trailing `-` as "remove".
  namePattern: /^[a-z0-9](?:[a-z0-9+.-]*[a-z0-9+.])?$/,
  versionPattern: /^[0-9A-Za-z*][0-9A-Za-z.+~:*-]*$/,
  normalise: (name) => name,
  // apt-get treats a version with `*` as a pattern and takes the best match.
  argument: (name, version) => (version === undefined ? name : `${name}=${version}`),
  offers: aptOffers,
  machine,
};

/**
 * The questions to one base image share package lists and downloads. apt's own locks would make them fail instead of wait, so they are
 * off, and what touches the shared directories takes locks: the wrapper for the update (once a run), lock/apt-lock.ts for the rest. What
 * apt has made of the lists is kept beside them: it takes two seconds. A crash discards the build, so dpkg need not sync to disk.
 */
function machine({ mount, cache, runId, config }: MachineNeeds): MachineFiles {
  const dir = `${cache}/apt`;
  const sources = config["sources.list"];
  const conf = [
    `Dir::State::lists "${dir}/lists";`,
    `Dir::Cache::archives "${dir}/archives";`,
    'Dir::Cache::pkgcache "";',
    `Dir::Cache::srcpkgcache "${dir}/srcpkgcache.bin";`,
    'Acquire::Languages "none";',
    'APT::Keep-Downloaded-Packages "true";',
    'Debug::NoLocking "true";',
    // Images of several releases share the lists, so none may remove what another needs.
    'APT::Get::List-Cleanup "false";',
    'DPkg::Options:: "--force-unsafe-io";',
    ...(sources === undefined
      ? []
      : [`Dir::Etc::sourcelist "${mount}/sources.list";`, 'Dir::Etc::sourceparts "/nonexistent";']),
    ...(config["apt-proxy.conf"] === undefined ? [] : [config["apt-proxy.conf"]]),
  ];
  return {
    env: { APT_CONFIG: `${mount}/apt.conf`, SLIPWAY_APT: dir, SLIPWAY_RUN: runId },
    directories: ["apt/lists/partial", "apt/archives/partial"],
    files: [
      { path: "apt.conf", text: `${conf.join("\n")}\n`, mode: 0o644 },
      { path: "bin/apt-get", text: WRAPPER, mode: 0o755 },
      ...(sources === undefined ? [] : [{ path: "sources.list", text: sources, mode: 0o644 }]),
    ],
  };
}

// The lists differ between releases of an operating system, so each set of sources has a mark of its own. The mark is read before the
// lock is taken: an update waits for installations that read the lists, and only the first update of a run should have to.
const WRAPPER = PROGRAM_TEXTS["apt-get-wrapper.sh"];
