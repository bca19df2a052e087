#!/bin/sh
# Runs the interop matrix of compose.yaml for each of our releases, and leaves reports in docker/reports/SUITE.
#
#   docker/interop.sh [SUITE...]   our side on these releases of Debian (default: trixie)
#
#   PEERS="bullseye bookworm ..."  the releases whose openssl is a peer (default: bullseye bookworm trixie sid)
#   REPORTS=folder                 where the reports go
#
# Exits with 1 when a cell fails, with 3 where there is no engine. It leaves no container, network or volume behind.
set -eu
exec </dev/null
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

PEERS=${PEERS:-bullseye bookworm trixie sid}
REPORTS=${REPORTS:-$root/docker/reports}
COMPOSE_PROJECT_NAME=$prefix-interop-$$
COMPOSE_FILE=$root/docker/compose.yaml
export COMPOSE_PROJECT_NAME COMPOSE_FILE
export IMAGE_PREFIX="$prefix" COMPOSE_IGNORE_ORPHANS=1 COMPOSE_INTERACTIVE_NO_CLI=1
label=com.docker.compose.project=$COMPOSE_PROJECT_NAME

down() {
	compose down --volumes --timeout 3 >/dev/null 2>&1 || true
	left=$(labelled "$label")
	[ -z "$left" ] || die "left behind:" "$left"
}

# healthy SERVICE waits until the service's health check says so, for a minute.
healthy() {
	id=$(compose ps -q "$1" 2>/dev/null)
	for _ in $(seq 60); do
		case $(docker inspect --format '{{.State.Status}} {{.State.Health.Status}}' "$id" 2>&1) in
		"running healthy") return ;;
		"exited"*) break ;;
		esac
		sleep 1
	done
	docker logs --tail 20 "$id" >&2 || true
	die "the service $1 does not come up"
}

# run SUITE is the matrix with our side on one release.
run() {
	SUITE=$1
	export SUITE
	# The volume of certificates is filled by the first container that has it.
	compose up -d matrix >/dev/null 2>&1 || die "compose cannot start the matrix" "$(compose up -d matrix 2>&1 | tail -n 5)"
	# shellcheck disable=SC2086 # a list of words
	compose up -d $servers >/dev/null 2>&1 || die "compose cannot start the servers" "$(compose up -d $servers 2>&1 | tail -n 5)"
	for s in $servers; do healthy "$s"; done
	status=0
	# shellcheck disable=SC2086
	compose exec -T matrix sh docker/matrix.sh $servers &
	wait $! || status=1 # in the background, so that a signal to this script is heard at once
	mkdir -p "$REPORTS/$SUITE"
	docker cp "$(compose ps -q matrix):/reports/." "$REPORTS/$SUITE" >/dev/null || {
		say "the reports cannot be written to $REPORTS/$SUITE"
		status=1
	}
	down
	return $status
}

need_engine
[ $# -gt 0 ] || set -- trixie
sh "$root/docker/modules.sh"
servers="nginx haproxy redis sslsock"
for p in $PEERS; do
	build_peers openssl "$p" "$prefix-openssl:$p"
	servers="$servers openssl-$p"
done
build_peers servers trixie "$prefix-servers:trixie"
for suite; do
	build runtime "$suite" "$prefix:$suite"
	build matrix "$suite" "$prefix-matrix:$suite"
done

trap down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
result=0
for suite; do
	say "matrix with our side on $suite"
	run "$suite" || result=1
done
say "reports are in $REPORTS"
exit $result
