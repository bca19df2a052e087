#!/bin/sh
# Puts the Go modules that the build needs into docker/modules, where the images find them before they ask the network:
# from this machine's module cache first. Without Go here it does nothing, and the images fetch them by themselves.
set -eu
cd "$(dirname "$0")/.."
command -v go >/dev/null 2>&1 || exit 0

here=$PWD/docker/modules
sums=$(cat ./go.sum ./*/go.sum ./*/*/go.sum 2>/dev/null | cksum)
[ "$(cat "$here/.sums" 2>/dev/null)" = "$sums" ] && exit 0

tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
GOPROXY="file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)"
for mod in go.mod */go.mod */*/go.mod; do
	[ -e "$mod" ] || continue
	(cd "$(dirname "$mod")" && GOPROXY=$GOPROXY GOMODCACHE=$tmp GOFLAGS=-modcacherw go mod download) || {
		echo "docker: no modules from this machine for $mod; the images fetch them by themselves" >&2
		exit 0
	}
done
rm -rf "${here:?}"/*/ "$tmp/cache/download/sumdb"
cp -R "$tmp/cache/download/." "$here"
find "$here" -name '*.lock' -delete
echo "$sums" >"$here/.sums"
