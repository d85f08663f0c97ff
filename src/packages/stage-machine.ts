import { isLockManager, type LockManager } from "../model/lock.js";
import { machineFiles } from "./machine.js";
import type { MachineFiles, MachineNeeds, PackageManager } from "./package-manager.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

export interface StageMachineNeeds extends MachineNeeds {
  /** The directory of the stage's repositories in a RUN, with one directory a manager. */
  readonly repositories: string;
  /** The managers that have a repository there. */
  readonly managers: readonly LockManager[];
  /** Those of the stage that find their packages on the network. */
  readonly others: readonly PackageManager[];
  /** apt's settings of the base image, by file name, in place of those of the image in between. Left out: the stage starts from the base. */
  readonly aptSettings?: ReadonlyMap<string, string>;
}

/**
 * The files that the RUN steps of a stage get: those of packages/machine.ts as if this machine had only the stage's own repositories.
 * The settings of a manager without one say so, and it finds nothing. Only a manager that needs the network gets this machine's
 * settings.
 */
export function stageMachine(all: readonly PackageManager[], needs: StageMachineNeeds): MachineFiles {
  const { repositories, managers, others, aptSettings, env, config, ...rest } = needs;
  const has = (manager: LockManager) => managers.includes(manager);
  const own = {
    "sources.list": has("apt")
      ? `deb [trusted=yes] file:${repositories}/apt ./\n`
      : "# this stage has no packages of apt\n",
    "yum.repo": has("dnf") ? rpmRepository(`file://${repositories}/dnf`) : "# this stage has no packages of dnf\n",
  };
  const proxies = Object.fromEntries(Object.entries(env).filter(([name]) => /_proxy$/i.test(name)));
  const languages = [
    { machine: () => pip(has("pip") ? `${repositories}/pip` : undefined) },
    { machine: () => npm(has("npm") ? `${repositories}/npm` : undefined, rest.mount) },
  ];
  const online = others.map((manager) => ({
    machine: (common: MachineNeeds) => manager.machine({ ...common, env, config }),
  }));
  const lockable = all.filter(({ name }) => isLockManager(name));
  const machine = machineFiles([...lockable, ...languages, ...online], { ...rest, env: proxies, config: own });
  // The directory is not shared, so nothing has to wait.
  const files = machine.files.filter(({ path }) => path !== "bin/apt-get");
  return { ...machine, files: aptSettings === undefined ? files : withAptSettings(files, aptSettings, rest.mount) };
}

/** apt reads its settings here and nowhere else (apt.conf(5), FILES): a hook that an image in between has left does not run. */
function withAptSettings(
  files: MachineFiles["files"],
  settings: ReadonlyMap<string, string>,
  mount: string,
): MachineFiles["files"] {
  const places = `Dir::Etc::main "/nonexistent";\nDir::Etc::parts "${mount}/apt.conf.d";\n`;
  return [
    ...files.map((file) => (file.path === "apt.conf" ? { ...file, text: file.text + places } : file)),
    // apt warns where there is no such directory.
    { path: "apt.conf.d/00base", text: "# Settings of the base image.\n", mode: 0o644 },
    ...[...settings].map(([name, text]) => ({ path: `apt.conf.d/${name}`, text, mode: 0o644 })),
  ];
}

/** A repository without signatures: each of its files has the hash in the closure. */
export const rpmRepository = (url: string) =>
  ["[locked]", "name=slipway", `baseurl=${url}`, "enabled=1", "gpgcheck=0", ""].join("\n");

function pip(directory: string | undefined): MachineFiles {
  const links = directory === undefined ? {} : { PIP_FIND_LINKS: directory };
  // With this pip reads no settings, neither the user's nor the image's.
  return { env: { PIP_CONFIG_FILE: "/dev/null", PIP_NO_INDEX: "1", ...links }, files: [], directories: [] };
}

/** Without this npm takes long to report that there is no network. */
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
