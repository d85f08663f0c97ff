import type { LockManager } from "../model/lock.js";
import { machineFiles } from "./machine.js";
import type { MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

export interface LockedMachineNeeds extends Pick<MachineNeeds, "mount" | "runId" | "caBundle"> {
  /** Where the stage's repositories are in a RUN, one directory a manager. */
  readonly repositories: string;
  /** What stands there. */
  readonly managers: readonly LockManager[];
  /** The machine's own variables, where `setup` may use the network; else none. */
  readonly env: MachineNeeds["env"];
}

/**
 * What a RUN step of a locked build is given in place of packages/machine.ts: the same, as if the stage's own repositories were
 * all that this machine has. A manager that has none there is told so, and finds nothing.
 */
export function lockedMachine(all: readonly PackageManager[], needs: LockedMachineNeeds): MachineFiles {
  const { repositories, managers, env, ...rest } = needs;
  const has = (manager: LockManager) => managers.includes(manager);
  const config = {
    "sources.list": has("apt")
      ? `deb [trusted=yes] file:${repositories}/apt ./\n`
      : "# slipway.lock has no packages of apt\n",
    "yum.repo": has("dnf") ? rpmRepository(`file://${repositories}/dnf`) : "# slipway.lock has no packages of dnf\n",
  };
  const proxies = Object.fromEntries(Object.entries(env).filter(([name]) => /_proxy$/i.test(name)));
  const languages = [
    { machine: () => pip(has("pip") ? `${repositories}/pip` : undefined) },
    { machine: () => npm(has("npm") ? `${repositories}/npm` : undefined, rest.mount) },
  ];
  const made = machineFiles([...all, ...languages], { ...rest, env: proxies, config });
  // Nobody shares the directory, so nobody has to wait; and apt forgets where a file: is when it downloads and installs in two steps.
  return { ...made, files: made.files.filter(({ path }) => path !== "bin/apt-get") };
}

/** A repository without signatures: each file in it has the hash that the lock says. */
export const rpmRepository = (url: string) =>
  ["[locked]", "name=slipway.lock", `baseurl=${url}`, "enabled=1", "gpgcheck=0", ""].join("\n");

function pip(directory: string | undefined): MachineFiles {
  const links = directory === undefined ? {} : { PIP_FIND_LINKS: directory };
  // pip reads no file of settings then, neither the user's nor the image's.
  return { env: { PIP_CONFIG_FILE: "/dev/null", PIP_NO_INDEX: "1", ...links }, files: [], directories: [] };
}

/** npm's answer when it finds no network is long in coming otherwise. */
const NO_RETRIES = { npm_config_fetch_retries: "0" };

function npm(directory: string | undefined, mount: string): MachineFiles {
  if (directory === undefined) return { env: NO_RETRIES, files: [], directories: [] };
  const wrapper = `#!/bin/sh\nexec node ${mount}/npm-registry.js ${directory} ${mount}/bin "$@"\n`;
  return {
    env: NO_RETRIES,
    directories: [],
    files: [
      { path: "npm-registry.js", text: PROGRAM_TEXTS["npm-registry.cjs"], mode: 0o644 },
      { path: "bin/npm", text: wrapper, mode: 0o755 },
    ],
  };
}
