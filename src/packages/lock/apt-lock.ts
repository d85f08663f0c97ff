import { PROGRAM_TEXTS } from "../program-texts.js";
import { PRINT_CONTROL, readControl } from "./control-fields.js";
import type { KeptVersion, LockResolver } from "./lock-resolver.js";

/**
 * `--print-uris` with an empty directory of archives prints everything that would be fetched, with its hash from the archive's signed
 * index. The download goes to the archives that all builds share, through the wrapper of packages/apt.ts, so that a later build
 * finds it there.
 *
 * Versions to keep are preferred to newer ones (apt_preferences(5); below 1000 nothing is downgraded). apt ignores preferences where a
 * pattern requests a version: then that version itself is requested, unless it no longer exists.
 */
export const aptLock: LockResolver = {
  isSystem: true,
  inputs: ({ requested, kept }) => ({
    arguments: requested.map(({ argument = "", keptArgument = "" }) => `${argument}\t${keptArgument}\n`).join(""),
    pins: kept.map(pin).join("\n"),
  }),
  script: `print_control() { ${PRINT_CONTROL}; }\n${PROGRAM_TEXTS["apt-lock.sh"]}`,
  read: (report, { requested }) => ({
    ok: true,
    packages: readControl(
      report,
      requested.map(({ name }) => name),
    ),
  }),
};

/** A paragraph of apt_preferences(5). */
export const pin = ({ name, version }: KeptVersion) => `Package: ${name}\nPin: version ${version}\nPin-Priority: 999\n`;
