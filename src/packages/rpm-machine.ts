import type { MachineFiles, MachineNeeds } from "./package-manager.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/**
 * Settings for dnf, microdnf and tdnf. The questions to one base image share metadata and downloads, in a directory for each manager
 * and set of repositories. dnf's own locks contain process numbers, which mean nothing in another container (seen with dnf 4.14: of two
 * installations that only read one cache, one failed), so installations use the cache one after the other.
 */
export function rpmMachine({ mount, cache, runId, config }: MachineNeeds): MachineFiles {
  const repositories = config["yum.repo"];
  return {
    env: {
      SLIPWAY_RPM: `${cache}/rpm`,
      SLIPWAY_RUN: runId,
      ...(repositories === undefined ? {} : { SLIPWAY_REPOS: `${mount}/yum.repos.d` }),
    },
    directories: ["rpm"],
    files: [
      ...["dnf", "microdnf", "tdnf"].map((name) => ({ path: `bin/${name}`, text: WRAPPER, mode: 0o755 })),
      // It may contain passwords.
      ...(repositories === undefined ? [] : [{ path: "yum.repos.d/machine.repo", text: repositories, mode: 0o600 }]),
    ],
  };
}

/*
 * tdnf and older versions of microdnf read these settings from their files only, hence the copies. SSL_CERT_FILE is this machine's
 * bundle (machine.ts); librepo and tdnf trust only what their configuration names. To run under the lock, the script starts itself.
 */
const WRAPPER = PROGRAM_TEXTS["rpm-wrapper.sh"];
