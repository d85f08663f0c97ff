set -eu
apt-get -q -o APT::Update::Error-Mode=any update >&2
questions=$1
row() {
  printf '%s\t%s\t%s\t' "$1" "$2" "$3"
  for other in $4; do
    if dpkg --compare-versions "$3" gt "$other"; then printf '%s ' "$other"; fi
  done
  echo
}
current() {
  printf '%s\n' "$questions" | while read -r asked versions; do
    if [ "$asked" = "$1" ]; then echo "$versions"; fi
  done
}
printf '%s\n' "$questions" | while read -r name versions; do
  for version in $versions; do row current "$name" "$version" "$versions"; done
done
policy=$(apt-cache policy -- $(printf '%s\n' "$questions" | cut -d ' ' -f 1))
name='' versions=''
printf '%s\n' "$policy" | while read -r first second third; do
  if [ "$first" = '***' ]; then first=$second second=$third; fi
  case $first in
  *:)
    if [ -z "$second" ]; then name=${first%:} versions=$(current "${first%:}"); fi
    continue
    ;;
  esac
  case $second in
  '' | *[!0-9]*) ;;
  *) if [ "$second" -ge 500 ]; then row offered "$name" "$first" "$versions"; fi ;;
  esac
done
