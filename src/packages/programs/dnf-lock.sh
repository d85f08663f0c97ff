# See lock/dnf-lock.ts. Run with `set -eu`; $dir is the resolver's directory.
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
dnf=dnf; if [ ! -e /usr/bin/dnf ]; then dnf=microdnf; fi
options="-y --setopt=install_weak_deps=0 install"
if [ -d "$dir/root" ]; then options="--installroot=$dir/root --setopt=reposdir=/etc/yum.repos.d $options"; fi
set --
while read -r argument; do set -- "$@" "$argument"; done < "$dir/arguments"
"$dnf" $options --downloadonly --downloaddir="$dir/files" "$@" >&2
# One line a field, so that licences may hold anything else; a blank line behind each package.
query='n %{NAME}\nv %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\na %{ARCH}\nl %{LICENSE}\ns %{SOURCERPM}\n'
query=$query'[r %{REQUIRENAME}\n][p %{PROVIDENAME}\n][p %{FILENAMES}\n]\n'
: > "$dir/report"
for path in "$dir"/files/*.rpm; do
  if [ ! -e "$path" ]; then continue; fi
  printf 'f %s\n' "${path##*/}" >> "$dir/report"
  rpm -qp --nosignature --queryformat "$query" "$path" >> "$dir/report"
done
