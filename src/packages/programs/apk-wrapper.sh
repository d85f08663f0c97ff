#!/bin/sh
# Written by Slipway: this machine's cache and repositories. Everything else goes to apk as it is.
for real in /sbin/apk /usr/sbin/apk /usr/bin/apk; do
  if [ -x "$real" ]; then break; fi
done
case " $* " in
*" add "*) ;;
*) exec "$real" "$@" ;;
esac
if [ -n "${SLIPWAY_APK_REPOSITORIES:-}" ]; then set -- --repositories-file "$SLIPWAY_APK_REPOSITORIES" "$@"; fi
# Without locks a build leaves the shared cache alone.
if ! command -v flock >/dev/null; then exec "$real" "$@"; fi
exec flock "$SLIPWAY_APK/lock" "$real" --cache-dir "$SLIPWAY_APK/cache" "$@"
