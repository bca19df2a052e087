#!/bin/sh
# The test of the image of the program, for each suite (default: trixie): it runs as a user who is not root, on a read-only file
# system and without capabilities, has no shell, becomes healthy and stops being so, and ends in good order on a signal.
set -eu
exec </dev/null
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

name=$prefix-image-$$

# shellcheck disable=SC2317,SC2329 # the trap calls it
clean() { docker rm -f "$name" >/dev/null 2>&1 || true; }

# start COMMAND... runs the image in the background with as little as it can do with.
start() {
	clean
	docker run -d --name "$name" --network none --read-only --cap-drop ALL --security-opt no-new-privileges "$image" "$@" >/dev/null
}

# state WANTED FORMAT waits for the state, for a minute.
state() {
	for _ in $(seq 60); do
		got=$(docker inspect --format "$2" "$name")
		[ "$got" = "$1" ] && return
		sleep 1
	done
	docker logs "$name" >&2
	die "$image: $2 is $got, not $1"
}

# ends SIGNAL has the container end by it, with status 0 and within docker's own patience.
ends() {
	docker kill --signal "$1" "$name" >/dev/null
	code=$(timeout 30 docker wait "$name") || die "$image: $1 does not end it"
	[ "$code" = 0 ] || die "$image: $1 ends it with status $code" "$(docker logs "$name" 2>&1 | tail -n 5)"
}

check() {
	image=$1
	user=$(docker inspect --format '{{.Config.User}}' "$image")
	[ "$user" = 65532:65532 ] || die "$image: its user is $user"
	docker run --rm --network none --read-only --cap-drop ALL "$image" doctor >/dev/null || die "$image: it does not run"
	if docker run --rm --network none --entrypoint /bin/sh "$image" -c : >/dev/null 2>&1; then die "$image: it has a shell"; fi

	start serve --addr :8443 --www
	state healthy '{{.State.Health.Status}}'
	uid=$(docker top "$name" -eo pid,uid | awk 'NR == 2 { print $2 }')
	[ "$uid" = 65532 ] || die "$image: it runs as user $uid"
	changed=$(docker diff "$name")
	[ -z "$changed" ] || die "$image: it has written to its file system:" "$changed"
	docker exec "$name" /usr/local/bin/sslsock connect 127.0.0.1:8443 --insecure --quiet --timeout 10s >/dev/null || die "$image: no handshake with it"
	ends TERM
	start serve --addr :8443 --www
	state healthy '{{.State.Health.Status}}'
	ends INT

	# Something else on another port: the server of the health check is not there.
	start serve --addr 127.0.0.1:9443 --www
	state unhealthy '{{.State.Health.Status}}'
	clean
}

need_engine
[ $# -gt 0 ] || set -- trixie
sh "$root/docker/modules.sh"
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for suite; do
	build runtime "$suite" "$prefix:$suite"
	check "$prefix:$suite"
	say "$prefix:$suite: not root, read-only, no shell, healthy and not, ends on SIGTERM and SIGINT"
done
