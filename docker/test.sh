#!/bin/sh
# Runs our own tests inside releases of Debian: make test as a user who is not root, and then doctor and the demonstration
# with the FIPS provider, where the release has one.
#
#   docker/test.sh [SUITE...]   (default: bookworm trixie sid)
#
#   TARGETS="test race"         what make is asked for (default: test); test-openssl is the part that an OpenSSL can change
#   TESTFLAGS=...               as for make test
#
# The cache of Go's builds stays in a volume for each release (make docker-clean removes it); containers do not stay.
set -eu
exec </dev/null
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

name=$prefix-test-$$
label=$prefix.run=$$

clean() {
	left=$(docker ps -aq --filter "label=$label")
	# shellcheck disable=SC2086 # a list of ids
	[ -z "$left" ] || docker rm -f $left >/dev/null
}

# inside SUITE COMMAND... runs in the background and waits, so that a signal to this script ends the container too.
inside() {
	suite=$1
	shift
	docker run --rm --init --name "$name" --label "$label" -v "$prefix-cache-$suite:/home/tester/.cache" \
		-e TESTFLAGS="${TESTFLAGS:-}" "$prefix-test:$suite" "$@" &
	wait $!
}

need_engine
[ $# -gt 0 ] || set -- bookworm trixie sid
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
sh "$root/docker/modules.sh"
for suite; do build test "$suite" "$prefix-test:$suite"; done
result=0
for suite; do
	say "$suite: make ${TARGETS:-test}"
	begin=$(date +%s)
	# shellcheck disable=SC2086 # a list of targets
	if inside "$suite" sh -c 'openssl version; exec make "$@"' sh ${TARGETS:-test}; then
		say "$suite: passed in $(($(date +%s) - begin)) s"
	else
		say "$suite: FAILED"
		result=1
	fi
	inside "$suite" sh docker/fips.sh || {
		say "$suite: FAILED with the FIPS provider"
		result=1
	}
done
exit $result
