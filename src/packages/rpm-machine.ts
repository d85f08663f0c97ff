import type { MachineFiles, MachineNeeds } from "./package-manager.js";
import { PROGRAM_TEXTS } from "./program-texts.js";

/**
 * For dnf, microdnf and tdnf. Metadata and downloads are shared by all builds of a machine: a directory for each manager and
 * set of repositories. dnf's own locks hold process numbers, which mean nothing in another container (seen with dnf 4.14: of two
 * installations that only read one cache, one failed), so one after the other has the cache.
 */
export function rpmMachine({ mount, runId, config }: MachineNeeds): MachineFiles {
  const repositories = config["yum.repo"];
  return {
    env: {
      SLIPWAY_RPM: `${mount}/rpm`,
      SLIPWAY_RUN: runId,
      ...(repositories === undefined ? {} : { SLIPWAY_REPOS: `${mount}/yum.repos.d` }),
    },
    directories: ["rpm"],
    files: [
      ...["dnf", "microdnf", "tdnf"].map((name) => ({ path: `bin/${name}`, text: WRAPPER, mode: 0o755 })),
      // It may hold passwords.
      ...(repositories === undefined ? [] : [{ path: "yum.repos.d/machine.repo", text: repositories, mode: 0o600 }]),
    ],
  };
}

/*
 * tdnf and older microdnfs take none of these settings but from their files, hence the copies. SSL_CERT_FILE is this
 * machine's bundle (machine.ts); librepo and tdnf believe only what their configuration names. Under the lock the script
 * starts itself.
 */
const WRAPPER = PROGRAM_TEXTS["rpm-wrapper.sh"];
