#!/bin/sh
# Makes the images that everything here is built on, where they are not there yet: from a registry that answers, and else
# from Debian's packages (debootstrap, which takes root) and this machine's Go.
#
#   docker/base.sh trixie sid   sslsock-base:trixie, sslsock-base:sid; any suite of Debian's or code name of Ubuntu's (noble);
#                               a number (24.04) where a registry answers
#   docker/base.sh go           sslsock-base:go, with the Go toolchain in /usr/local/go
#
#   FRESH=1          makes them again
#   REGISTRY=no      does not ask one
#   DEBIAN_MIRROR=   where packages come from (default: as this machine's apt has it, or deb.debian.org)
#   UBUNTU_MIRROR=   the same for Ubuntu's (default: archive.ubuntu.com, or ports.ubuntu.com where that has the architecture)
#   UBUNTU_KEYRING=  the keys that Ubuntu's lists are signed with (default: those of its package ubuntu-keyring)
set -eu
exec </dev/null
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# pull IMAGE AS takes an image from the registry, under a name of ours.
pull() {
	[ "${REGISTRY:-}" != no ] && timeout 600 docker pull -q "$1" >/dev/null 2>&1 && docker tag "$1" "$2" && say "$2 is $1"
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# sources prints this machine's package sources, one URI a line.
# shellcheck disable=SC2016 # apt-get expands it
sources() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sed 's,/*$,,' | sort -u; }

exists() { curl -fsIL -m 20 -o /dev/null "$1" 2>/dev/null; }

bootstrap() {
	suite=$1 image=$2
	command -v apt-get >/dev/null 2>&1 || die "$image: no registry answers, and debootstrap takes a Debian or Ubuntu machine" \
		"Build with a base image of your own: docker build --build-arg BASE=..., see docker/README.md."
	command -v debootstrap >/dev/null 2>&1 || as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends debootstrap >/dev/null 2>&1 || {
		as_root apt-get -qq update
		as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends debootstrap >/dev/null
	} || not_tested "$image: debootstrap is not here and cannot be installed"
	mirror=${DEBIAN_MIRROR:-$(sources | grep '/debian$' | head -n 1)}
	mirror=${mirror:-http://deb.debian.org/debian}
	ubuntu=${UBUNTU_MIRROR:-$(sources | grep '/ubuntu\(-ports\)\{0,1\}$' | grep -v '//security\.' | head -n 1)}
	case $(dpkg --print-architecture) in
	amd64 | i386) ubuntu=${ubuntu:-http://archive.ubuntu.com/ubuntu} ;;
	*) ubuntu=${ubuntu:-http://ports.ubuntu.com/ubuntu-ports} ;;
	esac
	for try in 1 2 3; do
		for from in "$mirror" http://archive.debian.org/debian "$ubuntu"; do exists "$from/dists/$suite/Release" && break 2; done
		[ $try = 3 ] && not_tested "$image: neither a registry nor $mirror nor $ubuntu answers with $suite"
		sleep 20
	done
	mirror=$from
	keys=/usr/share/keyrings/debian-archive-keyring.gpg script=sid
	if [ "$mirror" = "$ubuntu" ]; then
		keys=${UBUNTU_KEYRING:-/usr/share/keyrings/ubuntu-archive-keyring.gpg} script=gutsy
		[ -r "$keys" ] || die "$image: there is no $keys to check Ubuntu's lists with" \
			"Ubuntu: apt-get install ubuntu-keyring. Elsewhere take the file out of that package, and set UBUNTU_KEYRING."
	fi

	say "$image: debootstrap $suite"
	dir=$(as_root mktemp -d)
	log=$(mktemp)
	trap 'rm -f "$log"; as_root rm -rf --one-file-system "$dir"' EXIT
	[ -e "$keys" ] && keys=--keyring=$keys || keys=
	[ -e "/usr/share/debootstrap/scripts/$suite" ] && script=
	for try in 1 2 3; do
		# shellcheck disable=SC2086 # keys is a word or none
		as_root debootstrap --variant=minbase --include=ca-certificates $keys "$suite" "$dir/rootfs" "$mirror" \
			${script:+/usr/share/debootstrap/scripts/$script} >"$log" 2>&1 && break
		tail -n 20 "$log" >&2
		unreachable <"$log" || die "$image: debootstrap failed"
		[ $try = 3 ] && not_tested "$image: $mirror does not give what debootstrap wants"
		as_root rm -rf --one-file-system "$dir/rootfs"
		sleep 20
	done
	apt_of "$suite" "$mirror" | as_root tee "$dir/rootfs/etc/apt/sources.list" >/dev/null
	# A mirror that stands still, as a snapshot does, gives out lists that are out of date.
	until=$(curl -fsL -m 20 "$mirror/dists/$suite/Release" | sed -n 's/^Valid-Until: //p')
	if [ -n "$until" ] && [ "$(date -d "$until" +%s)" -lt "$(date +%s)" ]; then
		say "$image: the mirror's list was good until $until; taken all the same"
		echo 'Acquire::Check-Valid-Until "false";' | as_root tee "$dir/rootfs/etc/apt/apt.conf.d/90-frozen" >/dev/null
	fi
	as_root rm -rf "$dir"/rootfs/var/cache/apt/archives/*.deb "$dir"/rootfs/var/lib/apt/lists/* "$dir"/rootfs/usr/share/doc/* "$dir"/rootfs/usr/share/man/*
	as_root tar -C "$dir/rootfs" --one-file-system --exclude=./dev/* --exclude=./proc/* -c . | docker import - "$image" >/dev/null
	rm -f "$log"
	as_root rm -rf --one-file-system "$dir"
	trap - EXIT
}

# apt_of prints the sources of a suite: with its updates where it has any.
apt_of() {
	if [ "$2" = "${ubuntu:-}" ]; then # some of what the tests talk to is not in main
		for pocket in "$1" "$1-updates" "$1-security"; do echo "deb $2 $pocket main universe"; done
		return
	fi
	echo "deb $2 $1 main"
	exists "$2/dists/$1-updates/Release" && echo "deb $2 $1-updates main"
	security=$(sources | grep '/debian-security$' | head -n 1)
	security=${security:-http://deb.debian.org/debian-security}
	exists "$security/dists/$1-security/Release" && echo "deb $security $1-security main"
	return 0
}

# go_image takes the toolchain of go.mod's release from the registry, or this machine's.
go_image() {
	image=$1
	release=$(sed -n 's/^go \([0-9]*\.[0-9]*\).*/\1/p' "$root/go.mod")
	pull "golang:$release" "$image" && return
	command -v go >/dev/null 2>&1 || die "$image: no registry answers, and there is no Go $release here" "Get it from https://go.dev/dl/"
	goroot=$(cd "$root" && go env GOROOT)
	say "$image: $("$goroot/bin/go" version) of this machine"
	tar -C "$goroot" -hc --exclude=./test --transform 's,^\.,usr/local/go,' . | docker import - "$image" >/dev/null
}

need_engine
[ $# -gt 0 ] || die "which suite? docker/base.sh trixie"
for suite; do
	image=$prefix-base:$suite
	[ -z "${FRESH:-}" ] && have_image "$image" && continue
	case $suite in
	go) go_image "$image" ;;
	*) pull "debian:$suite" "$image" || pull "ubuntu:$suite" "$image" || bootstrap "$suite" "$image" ;;
	esac
done
