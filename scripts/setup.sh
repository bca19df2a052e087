#!/bin/sh
# Makes sure that what the build and the tests need is there, and installs it where it can (apt-get, as root or by sudo).
# Elsewhere it says what to install and fails. Idempotent, reads no input, and quick when nothing is missing.
#
#   scripts/setup.sh         Go, a C compiler, libssl's headers, the programs openssl and curl, root certificates
#   scripts/setup.sh asan    the address sanitizer's library as well
#   scripts/setup.sh peers   servers and tokens that some tests talk to, where apt-get has them
set -u
exec </dev/null

want=${1:-}
packages="gcc libc6-dev pkg-config libssl-dev openssl curl ca-certificates"

say() { printf 'setup: %s\n' "$*" >&2; }

# die says what is wrong; further lines say what to do.
die() {
	say "$1"
	shift
	for line; do printf '       %s\n' "$line" >&2; done
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The preprocessor finds <openssl/ssl.h> and what it includes in one go: compiler, C library headers, libssl headers.
headers() {
	flags=$(pkg-config --cflags --libs openssl 2>/dev/null) || return 1
	# shellcheck disable=SC2086 # both are lists of words
	echo '#include <openssl/ssl.h>' | $cc $flags -E - >/dev/null 2>&1
}

roots() {
	[ -n "${SSL_CERT_FILE:-}${SSL_CERT_DIR:-}" ] && return 0
	for f in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem \
		/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/ssl/cert.pem; do
		[ -s "$f" ] && return 0
	done
	return 1
}

# missing prints what is not there, in words; nothing when all is well.
missing() {
	have "${cc%% *}" || echo "C compiler ($cc)"
	have pkg-config || echo pkg-config
	headers || echo "libssl headers"
	have openssl || echo "openssl program"
	have curl || echo "curl program"
	roots || echo "root certificates"
}

advice() {
	cat >&2 <<-'END'
	       Install these, then run the same command again:
	         Debian, Ubuntu   apt-get install gcc libc6-dev pkg-config libssl-dev openssl curl ca-certificates
	         Fedora, RHEL     dnf install gcc glibc-devel pkgconf-pkg-config openssl-devel openssl curl libasan ca-certificates
	         Alpine           apk add gcc musl-dev pkgconf openssl-dev openssl curl ca-certificates
	         Arch             pacman -S --needed gcc pkgconf openssl curl ca-certificates
	         openSUSE         zypper install gcc glibc-devel pkg-config libopenssl-3-devel openssl curl ca-certificates
	         macOS            not supported: the event loop is epoll, which only Linux has
	END
}

# install_debian tries with the package lists at hand, fetches new ones only when that fails, and is silent when all goes well.
install_debian() {
	as=
	[ "$(id -u)" = 0 ] || as=sudo
	have ${as:-apt-get} || {
		say "neither root nor sudo"
		return 1
	}
	say "installing by ${as:+$as }apt-get: $packages"
	log=$(apt install 2>&1) || log=$(apt update 2>&1 && apt install 2>&1) || {
		printf '%s\n' "$log" | tail -n 20 >&2
		return 1
	}
}

apt() {
	set -- "$1" $([ "$1" = install ] && echo -y --no-install-recommends "$packages")
	$as env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"
}

# check_go sets cc. Where GOTOOLCHAIN lets it, an older go answers as the toolchain that go.mod asks for.
check_go() {
	have go || {
		[ -x /usr/local/go/bin/go ] && die "go is not in PATH" "It is in /usr/local/go/bin: export PATH=\$PATH:/usr/local/go/bin"
		die "the go command was not found; Go 1.26 or newer is needed" \
			"Get it from https://go.dev/dl/ (one archive, unpacked into /usr/local/go)"
	}
	facts=$(go env GOVERSION CC 2>&1) || die "go does not run here: $facts" "Go 1.26 or newer is needed: https://go.dev/dl/"
	minor=$(echo "$facts" | sed -n '1s/^go1\.\([0-9]*\).*/\1/p')
	[ "${minor:-26}" -ge 26 ] || die "Go 1.$minor is too old; Go 1.26 or newer is needed" "Get it from https://go.dev/dl/"
	cc=$(echo "$facts" | sed -n 2p)
}

[ "$(uname -s)" = Linux ] || die "$(uname -s) is not supported: the event loop is epoll, which only Linux has" \
	"Use a Linux machine, virtual machine or container."
check_go

lack=$(missing)
if [ -n "$lack" ]; then
	say "missing: $(echo "$lack" | paste -sd, - | sed 's/,/, /g')"
	if have apt-get; then install_debian; fi
	lack=$(missing)
	[ -z "$lack" ] || {
		say "still missing: $(echo "$lack" | paste -sd, - | sed 's/,/, /g')"
		advice
		exit 1
	}
fi
pkg-config --atleast-version=3.0 openssl || die "OpenSSL $(pkg-config --modversion openssl) is too old; 3.0 or newer is needed" \
	"Debian 12, Ubuntu 22.04, Fedora 36, RHEL 9 and Alpine 3.17 have it; PKG_CONFIG_PATH points at one of your own."
[ "$(go env CGO_ENABLED)" = 1 ] || die "cgo is off (CGO_ENABLED=0), and libssl cannot be reached without it" "Run again with CGO_ENABLED=1"

if [ "$want" = peers ] && have apt-get; then
	# Tests start their own; the one that Debian would start, on Redis's usual port, is of no use.
	packages="redis-server softhsm2 libengine-pkcs11-openssl opensc nginx-light haproxy stunnel4 gnutls-bin tcpdump android-boringssl"
	{ have redis-server && have softhsm2-util && have pkcs11-tool && have gnutls-cli && have stunnel &&
		have haproxy && have nginx && have tcpdump && { have bssl-tool || have bssl; }; } || RUNLEVEL=1 install_debian || say "tests that need one of $packages will skip"
fi

if [ "$want" = asan ]; then
	echo 'int main(void) { return 0; }' | $cc -fsanitize=address -x c - -o /dev/null 2>/dev/null ||
		die "$cc cannot link the address sanitizer (libasan)" \
			"Debian, Ubuntu: part of gcc's libgcc-N-dev; Fedora, RHEL: dnf install libasan; Alpine has none."
fi
