# See lock/apt-lock.ts, which puts `print_control` in front. Run with `set -eu`; $dir is the resolver's directory.
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt-get -q -o APT::Update::Error-Mode=any update >&2
state=$(cat "$SLIPWAY_APT"/lists/*Release | cksum)
printf %s "$state" > "$dir/state"
if [ "$state" = "$(cat "$dir/known-state")" ]; then exit 0; fi
cat "$dir/pins" > "$dir/preferences"
if [ -e /etc/apt/preferences ]; then { echo; cat /etc/apt/preferences; } >> "$dir/preferences"; fi
set --
while read -r argument kept; do
  if [ -n "$kept" ] && apt-cache show "$kept" >/dev/null 2>&1; then argument=$kept; fi
  set -- "$@" "$argument"
done < "$dir/arguments"
# As render/templates/apt.hbs; the directory has no spaces in its name.
options="-q -y --no-install-recommends -o Dir::Etc::preferences=$dir/preferences install"
if [ -d "$dir/root" ]; then options="-o Dir::State::status=$dir/root/var/lib/dpkg/status $options"; fi
mkdir -p "$dir/none/partial"
exec 8< "$SLIPWAY_APT/lists.lock" 9>> "$SLIPWAY_APT/downloads.lock"
flock --shared 8
apt-get $options -o Dir::Cache::archives="$dir/none" -o Acquire::ForceHash=SHA256 --print-uris "$@" > "$dir/printed"
grep "^'" "$dir/printed" > "$dir/uris" || true
if [ -s "$dir/uris" ]; then
  flock 9
  apt-get $options --download-only "$@" >&2
  flock --unlock 9
fi
flock --unlock 8
(cd "$SLIPWAY_APT/archives" && cut -d ' ' -f 2 "$dir/uris" | xargs -r -d '\n' cp -t "$dir/files" --)
while read -r uri file size hash; do
  printf 'File: %s\nSHA256: %s\n' "$file" "${hash#SHA256:}"
  print_control
done < "$dir/uris" > "$dir/report"
