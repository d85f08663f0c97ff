#!/bin/sh
# Written by Slipway: one update a run. Everything else goes to apt-get as it is.
case " $* " in
*" update "*)
  mark="$SLIPWAY_APT/updated-$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | cksum | tr -d ' ')"
  [ "$(cat "$mark" 2>/dev/null)" = "$SLIPWAY_RUN" ] && exit 0
  exec flock "$SLIPWAY_APT/lists.lock" sh -c '
    [ "$(cat "$0" 2>/dev/null)" = "$SLIPWAY_RUN" ] && exit 0
    /usr/bin/apt-get "$@" && echo "$SLIPWAY_RUN" > "$0"' "$mark" "$@"
  ;;
*) exec /usr/bin/apt-get "$@" ;;
esac
