#!/bin/sh
# Prints the folder with OpenSSL's own handshake tests, for `make openssl-suite`: $SUITE, or those of the release that
# we build with, out of the distribution's source package (Debian, Ubuntu). That is fetched once, into .cache, by apt-get,
# which checks its signature; no root is needed and nothing is installed. Exit status 3: there are none.
set -u
exec </dev/null
cd "$(dirname "$0")/.." || exit 1

say() { printf 'openssl-suite: %s\n' "$*" >&2; }

none() {
	say "$1"
	say "name OpenSSL's tests yourself: make openssl-suite SUITE=DIR, where DIR is an OpenSSL source tree or its folder test"
	exit 3
}

if [ -n "${SUITE:-}" ]; then
	[ -d "$SUITE" ] || none "SUITE=$SUITE is no folder"
	echo "$SUITE"
	exit
fi

version=$(pkg-config --modversion openssl 2>/dev/null) || none "pkg-config does not know openssl"
series=$(echo "$version" | cut -d. -f1,2)
cache=.cache/openssl-suite/$series
if [ -d "$cache/ssl-tests" ]; then
	echo "$cache"
	exit
fi
command -v apt-get >/dev/null 2>&1 || none "no apt-get here to fetch the source package with"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial" "$work/got"

# The machine's own sources of its distribution, asked for source packages.
id=$(. /etc/os-release 2>/dev/null && echo "${ID:-}")
for f in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
	grep -qi "${id:-debian}" "$f" 2>/dev/null || continue
	sed -e 's/^Types:.*/Types: deb-src/' -e 's/^deb[[:space:]]/deb-src /' "$f" >"$work/sources/$(basename "$f")"
done

apt() {
	timeout 300 "$@" -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" -o Dir::State::Lists="$work/lists" \
		-o Dir::Cache="$work/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=root -qq 2>>"$work/log"
}

# newest lists the versions of the series, newest first; the archive has not all that it names.
newest() { apt apt-cache showsrc --only-source openssl | sed -n "s/^Version: \($series\.[^ ]*\)$/\1/p" | sort -Vru; }

say "fetching the source of OpenSSL $series for its tests"
apt apt-get update >&2
cd "$work/got" || exit 1
for v in $(newest); do
	apt apt-get source --download-only --tar-only "openssl=$v" >&2
	set -- openssl_"$series".*.orig.tar.*
	[ -f "$1" ] && break
done
cd - >/dev/null || exit 1
set -- "$work/got"/openssl_"$series".*.orig.tar.gz
[ -f "$1" ] || {
	tail -n 3 "$work/log" >&2
	none "the source package of OpenSSL $series cannot be had"
}
mkdir "$work/tree" && tar -xzf "$1" -C "$work/tree" --strip-components=2 --wildcards '*/test/ssl-tests/*.cnf' '*/test/certs' '*/test/ct/log_list.cnf' &&
	mkdir -p "$(dirname "$cache")" && rm -rf "$cache" && mv "$work/tree" "$cache" || exit 1
echo "$cache"
