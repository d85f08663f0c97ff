import { PRINT_CONTROL, readControl } from "./control-fields.js";
import type { KeptVersion, LockResolver } from "./lock-resolver.js";

/** As render/templates/apt.hbs. */
const INSTALL = 'apt-get -q -y --no-install-recommends -o Dir::Etc::preferences="$dir/preferences" install';

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
  script: `
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt-get -q -o APT::Update::Error-Mode=any update >&2
cat "$dir/pins" > "$dir/preferences"
if [ -e /etc/apt/preferences ]; then { echo; cat /etc/apt/preferences; } >> "$dir/preferences"; fi
set --
while read -r argument kept; do
  if [ -n "$kept" ] && apt-cache show "$kept" >/dev/null 2>&1; then argument=$kept; fi
  set -- "$@" "$argument"
done < "$dir/arguments"
mkdir -p "$dir/none/partial"
flock --shared "$SLIPWAY_APT/lists.lock" /usr/bin/${INSTALL} -o Dir::Cache::archives="$dir/none" -o Acquire::ForceHash=SHA256 --print-uris "$@" > "$dir/said"
grep "^'" "$dir/said" > "$dir/uris" || true
${INSTALL} --download-only "$@" >&2
while read -r uri file size hash; do
  cp "$SLIPWAY_APT/archives/$file" "$dir/files/$file"
  printf 'File: %s\\nSHA256: %s\\n' "$file" "\${hash#SHA256:}"
  ${PRINT_CONTROL}
done < "$dir/uris" > "$dir/report"
`,
  install: `${INSTALL} "$@" >&2\n`,
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
