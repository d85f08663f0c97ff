import { PROGRAM_TEXTS } from "../program-texts.js";
import { PRINT_CONTROL, readControl } from "./control-fields.js";
import type { KeptVersion, LockResolver } from "./lock-resolver.js";

/**
 * `--print-uris` with an empty directory of archives names everything that would be fetched, with the hash that the archive's signed
 * index has for it. The download goes to the archives that all builds share, by the wrapper of packages/apt.ts, so that a build
 * after this finds it there.
 *
 * What is to be kept is preferred to everything newer (apt_preferences(5); below 1000 nothing is downgraded), but apt does not look at
 * preferences where a version is asked for by a pattern: then the version itself is asked for, unless it is gone.
 */
export const aptLock: LockResolver = {
  inputs: ({ asked, kept }) => ({
    arguments: asked.map(({ argument = "", keptArgument = "" }) => `${argument}\t${keptArgument}\n`).join(""),
    pins: kept.map(pin).join("\n"),
  }),
  script: `print_control() { ${PRINT_CONTROL}; }\n${PROGRAM_TEXTS["apt-lock.sh"]}`,
  install: 'apt-get $options "$@" >&2\n',
  read: (report, { asked }) => ({
    ok: true,
    packages: readControl(
      report,
      asked.map(({ name }) => name),
    ),
  }),
};

/** A paragraph of apt_preferences(5). */
export const pin = ({ name, version }: KeptVersion) => `Package: ${name}\nPin: version ${version}\nPin-Priority: 999\n`;
