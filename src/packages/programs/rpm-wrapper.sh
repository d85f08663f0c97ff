#!/bin/sh
# Written by Slipway: this machine's cache, certificates and repositories. Everything else goes to the manager as it is.
set -eu
name=${0##*/}
real=/usr/bin/$name
case " $* " in
*" install "*) ;;
*) exec "$real" "$@" ;;
esac
from=${SLIPWAY_REPOS:-/etc/yum.repos.d}
dir=${SLIPWAY_CACHE:-}
if [ -z "$dir" ] && command -v flock >/dev/null; then
  dir=$SLIPWAY_RPM/$name-$(cat /etc/os-release "$from"/*.repo 2>/dev/null | cksum | tr ' ' -)
  mkdir -p "$dir"
  export SLIPWAY_CACHE="$dir"
  exec flock "$dir/lock" "$0" "$@"
fi
if [ -z "$dir" ]; then
  # Without locks a build has a cache of its own.
  dir=$(mktemp -d "$SLIPWAY_RPM/alone.XXXXXX")
  trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir/cache" "$dir/repos"
rm -f "$dir"/cache/*_lock.pid "$dir"/repos/*.repo
for file in "$from"/*.repo; do
  if [ ! -e "$file" ]; then continue; fi
  copy=$dir/repos/${file##*/}
  if [ -z "${SSL_CERT_FILE:-}" ]; then cat "$file" > "$copy"; continue; fi
  sed -e '/^sslcacert[ =]/d' -e "s|^\[.*\]|&\nsslcacert=$SSL_CERT_FILE|" "$file" > "$copy"
done
fresh=
if [ "$(cat "$dir/run" 2>/dev/null)" != "$SLIPWAY_RUN" ]; then fresh=--refresh; fi
# microdnf is dnf 5 by another name on newer systems; older ones know none of these settings.
kind=$name
if [ "$name" = microdnf ]; then
  case $(readlink -f "$real") in
  *dnf5) kind=dnf ;;
  *) if ! "$real" --help 2>&1 | grep -q cachedir=; then kind=plain; fi ;;
  esac
fi
case $kind in
plain) "$real" "$@" ;;
tdnf)
  sed -e '/^cachedir[ =]/d' -e '/^keepcache[ =]/d' -e '/^repodir[ =]/d' /etc/tdnf/tdnf.conf > "$dir/tdnf.conf"
  printf '%s\n' "cachedir=$dir/cache" keepcache=1 "repodir=$dir/repos" >> "$dir/tdnf.conf"
  "$real" -c "$dir/tdnf.conf" $fresh "$@"
  ;;
microdnf)
  "$real" $fresh "--setopt=cachedir=$dir/cache" "--setopt=reposdir=$dir/repos" --setopt=keepcache=1 "$@"
  ;;
*)
  # dnf 5 has another name for the cache of root.
  "$real" $fresh "--setopt=cachedir=$dir/cache" "--setopt=system_cachedir=$dir/cache" \
    "--setopt=reposdir=$dir/repos" --setopt=keepcache=1 "$@"
  ;;
esac
echo "$SLIPWAY_RUN" > "$dir/run"
