#!/bin/sh
# The test that nothing stays behind: tests and matrix are ended in the middle by a signal, and then there must be no container,
# network or volume of them. It also has the scripts meet an engine that does not answer, and one that refuses.
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

# A user who may not talk to the engine; only root can be somebody else.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
	chmod 755 "$tmp"
	cp -R "$root/docker" "$tmp" # for who may not read the checkout
	says "may not talk to the Docker engine" setpriv --reuid=65534 --regid=65534 --clear-groups sh "$tmp/docker/test.sh"
fi

# interrupt SIGNAL STATUS LABEL SCRIPT ARGUMENT... sends SIGNAL once there is a container with LABEL followed by the
# script's process id. It must end with STATUS and leave nothing.
interrupt() {
	signal=$1 want=$2 label=$3
	shift 3
	# A shell without job control has what it starts in the background ignore SIGINT.
	env --default-signal=INT sh "$@" >"$log" 2>&1 &
	pid=$!
	until [ -n "$(docker ps -q --filter "label=$label$pid")" ]; do
		kill -0 $pid 2>/dev/null || {
			cat "$log" >&2
			die "$1 ended before it began"
		}
		sleep 1
	done
	kill -"$signal" $pid
	status=0
	wait $pid || status=$?
	left=$(labelled "$label$pid")
	[ -z "$left" ] || die "$1 leaves behind after SIG$signal:" "$left"
	[ $status = "$want" ] || die "SIG$signal ended $1 with status $status, not $want"
}
export REPORTS="$tmp" TARGETS=test-openssl PEERS=trixie
interrupt INT 130 "$prefix.run=" "$root/docker/test.sh" trixie
interrupt TERM 143 "com.docker.compose.project=$prefix-interop-" "$root/docker/interop.sh" trixie
echo "leftovers: none"
