import type { MachineFiles, MachineNeeds } from "./package-manager.js";

/**
 * For dnf, microdnf and tdnf. Metadata and downloads are shared by all builds of a machine: a directory for each manager and set of repositories. dnf's own
 * locks hold process numbers, which mean nothing in another container, so the wrapper takes locks of its own.
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
 * machine's bundle (machine.ts); librepo and tdnf believe only what their configuration names. In what dnf has downloaded it
 * installs while others do the same; the rest install one after the other.
 */
const WRAPPER = `#!/bin/sh
# Written by Slipway: this machine's cache, certificates and repositories. Everything else goes to the manager as it is.
set -eu
name=\${0##*/}
real=/usr/bin/$name
case " $* " in
*" install "*) ;;
*) exec "$real" "$@" ;;
esac
from=\${SLIPWAY_REPOS:-/etc/yum.repos.d}
if [ -z "\${SLIPWAY_LOCKED:-}" ]; then
  key=$(cat /etc/os-release "$from"/*.repo 2>/dev/null | cksum | tr ' ' -)
  export SLIPWAY_CACHE="$SLIPWAY_RPM/$name-$key"
  if command -v flock >/dev/null; then
    mkdir -p "$SLIPWAY_CACHE"
    export SLIPWAY_LOCKED="$SLIPWAY_CACHE/lock"
    exec flock "$SLIPWAY_LOCKED" "$0" "$@"
  fi
  # Without locks a build has a cache of its own.
  SLIPWAY_CACHE=$(mktemp -d "$SLIPWAY_RPM/alone.XXXXXX")
  trap 'rm -rf "$SLIPWAY_CACHE"' EXIT
fi
dir=$SLIPWAY_CACHE
mkdir -p "$dir/cache" "$dir/repos"
rm -f "$dir"/cache/*_lock.pid "$dir"/repos/*.repo
if [ -n "\${SSL_CERT_FILE:-}" ]; then
  for file in "$from"/*.repo; do
    [ -e "$file" ] || continue
    sed -e '/^sslcacert[ =]/d' -e "s|^\\\\[.*\\\\]|&\\\\
sslcacert=$SSL_CERT_FILE|" "$file" > "$dir/repos/\${file##*/}"
  done
  from=$dir/repos
fi
fresh=
if [ "$(cat "$dir/run" 2>/dev/null)" != "$SLIPWAY_RUN" ]; then fresh=--refresh; fi
case $name in
tdnf)
  { sed -e '/^cachedir[ =]/d' -e '/^keepcache[ =]/d' -e '/^repodir[ =]/d' /etc/tdnf/tdnf.conf
    printf '%s\\n' "cachedir=$dir/cache" keepcache=1 "repodir=$from"; } > "$dir/tdnf.conf"
  "$real" -c "$dir/tdnf.conf" $fresh "$@"
  ;;
microdnf)
  if [ "$from" != /etc/yum.repos.d ]; then set -- "--setopt=reposdir=$from" "$@"; fi
  "$real" "--setopt=cachedir=$dir/cache" --setopt=keepcache=1 "$@"
  ;;
*)
  # dnf 5 has another name for the cache of root.
  set -- "--setopt=cachedir=$dir/cache" "--setopt=system_cachedir=$dir/cache" --setopt=keepcache=1 "$@"
  if [ "$from" != /etc/yum.repos.d ]; then set -- "--setopt=reposdir=$from" "$@"; fi
  "$real" $fresh "$@" --downloadonly
  ;;
esac
echo "$SLIPWAY_RUN" > "$dir/run"
if [ "$name" != dnf ]; then exit 0; fi
if [ -n "\${SLIPWAY_LOCKED:-}" ]; then exec flock -s "$SLIPWAY_LOCKED" "$real" -C "$@"; fi
"$real" -C "$@"
`;
