# What the scripts of this folder share; they source it. Sets root, the checkout.
# shellcheck shell=sh
root=$(cd "$(dirname "$0")/.." && pwd)
prefix=${IMAGE_PREFIX:-sslsock}

say() { printf 'docker: %s\n' "$*" >&2; }

# die says what is wrong; further lines say what to do.
die() {
	say "$1"
	shift
	for line; do printf '        %s\n' "$line" >&2; done
	exit 1
}

# not_tested ends the script because something outside the project does not answer: with status 4, and with the reason in
# the file that NOT_TESTED names, because make has one status for all.
not_tested() {
	say "NOT TESTED: $1"
	printf '%s\n' "$1" >"${NOT_TESTED:-/dev/null}"
	exit 4
}

# unreachable says whether what apt, debootstrap or docker wrote (standard input) is about a network.
unreachable() {
	grep -qE "(Failed to|Unable to|Couldn't) (fetch|download|connect|resolve)|Failed getting release|Could not (resolve|connect|wait)|Temporary failure|Connection (refused|reset|timed out|failed)|Hash Sum mismatch|[Nn]etwork is unreachable|no such host|i/o timeout|Bad Gateway|Service Unavailable"
}

# need_engine ends the script where no engine answers, and says why. The status is 3, which means "not here".
need_engine() {
	command -v docker >/dev/null 2>&1 || no_engine "the program docker was not found" "Debian, Ubuntu: apt-get install docker.io"
	complaint=$(docker version --format '{{.Server.Version}}' 2>&1 >/dev/null) && return
	case $complaint in
	*"permission denied"*) no_engine "this user may not talk to the Docker engine" \
		"Run as root or by sudo, or join the group: sudo usermod -aG docker $(id -un), then log in again." ;;
	*) no_engine "no Docker engine answers: $(echo "$complaint" | tail -n 1)" "Start it (systemctl start docker), or set DOCKER_HOST." ;;
	esac
}

no_engine() {
	(die "$@") || exit 3
}

have_image() { docker image inspect "$1" >/dev/null 2>&1; }

# labelled lists what runs or stays behind under a label: containers, networks, volumes.
labelled() {
	docker ps -aq --filter "label=$1" | sed 's/^/container /'
	docker network ls -q --filter "label=$1" | sed 's/^/network /'
	docker volume ls -q --filter "label=$1" | sed 's/^/volume /'
}

# compose is the plugin, or the program of its own that came before it.
compose() {
	if docker compose version >/dev/null 2>&1; then
		docker compose "$@"
	elif command -v docker-compose >/dev/null 2>&1; then
		docker-compose "$@"
	else
		die "neither docker compose nor docker-compose was found" "Debian, Ubuntu: apt-get install docker-compose"
	fi
}

# build STAGE SUITE IMAGE builds one stage of ours on the base image of SUITE, build_peers one of the peers'.
build() {
	sh "$root/docker/base.sh" "$2" go || exit
	build_file Dockerfile "$@" --build-arg "GO=$prefix-base:go"
}

build_peers() {
	sh "$root/docker/base.sh" "$2" || exit
	build_file peers/Dockerfile "$@"
}

# build_file FILE STAGE SUITE IMAGE [ARGUMENT...]
build_file() {
	file=$1 stage=$2 suite=$3 image=$4
	shift 4
	# Without its plugin a newer client has only the builder of old.
	docker buildx version >/dev/null 2>&1 || export DOCKER_BUILDKIT=0
	say "building $image"
	for try in 1 2 3; do
		log=$(docker build --target "$stage" -t "$image" --build-arg "BASE=$prefix-base:$suite" "$@" \
			-f "$root/docker/$file" "$root" 2>&1) && return
		printf '%s\n' "$log" | tail -n 60 >&2
		printf '%s\n' "$log" | tail -n 60 | unreachable || die "$image does not build"
		[ $try = 3 ] || sleep 20
	done
	not_tested "$image: packages for it cannot be fetched"
}
