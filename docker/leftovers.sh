#!/bin/sh
# The test that nothing stays behind: the matrix is ended in the middle by SIGTERM, and then there must be no container,
# network or volume of it. It also has the scripts meet an engine that does not answer, and one that refuses.
set -eu
exec </dev/null
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_engine
tmp=$(mktemp -d)
log=$tmp/log
trap 'rm -rf "$tmp"' EXIT

# says WORDS COMMAND... fails with status 3 and has WORDS in what it prints.
says() {
	words=$1
	shift
	status=0
	"$@" >"$log" 2>&1 || status=$?
	if [ $status != 3 ] || ! grep -qF "$words" "$log"; then
		cat "$log" >&2
		die "wanted status 3 and \"$words\", got $status: $*"
	fi
}
says "no Docker engine answers" env DOCKER_HOST=unix:///nonexistent.sock sh "$root/docker/test.sh"
mkdir "$tmp/bin"
ln -s "$(command -v dirname)" "$tmp/bin"
says "docker was not found" env PATH="$tmp/bin" /bin/sh "$root/docker/interop.sh"

PEERS=trixie REPORTS=$tmp sh "$root/docker/interop.sh" trixie >"$log" 2>&1 &
pid=$!
label=com.docker.compose.project=$prefix-interop-$pid
# Until it has containers, or has ended, which it must not yet.
until [ -n "$(docker ps -q --filter "label=$label")" ]; do
	kill -0 $pid 2>/dev/null || {
		cat "$log" >&2
		die "the matrix ended before it began"
	}
	sleep 1
done
kill -TERM $pid
status=0
wait $pid || status=$?
left=$(labelled "$label")
[ -z "$left" ] || die "left behind after SIGTERM:" "$left"
[ $status = 143 ] || die "SIGTERM ended the matrix with status $status"
echo "leftovers: none"
