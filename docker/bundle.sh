#!/bin/sh
# Copies programs with all that they need to run on their own: the loader and libraries, OpenSSL's configuration, providers
# and engines, and the root certificates.
#
#   docker/bundle.sh FOLDER PROGRAM...   FOLDER becomes the root of a file system
set -eu
to=$1
shift

put() {
	mkdir -p "$to$(dirname "$1")"
	[ -e "$to$1" ] || cp -L "$1" "$to$1"
}

# needs prints the files that a program or library loads, the loader among them.
needs() { ldd "$1" 2>/dev/null | sed -n 's,^[^/]*\(/[^ ]*\) (0x.*,\1,p'; }

modules=$(dirname "$(ls -d /usr/lib/*/ossl-modules /usr/lib/*/engines* | head -n 1)")
for f in "$@" "$modules"/ossl-modules/*.so "$modules"/engines*/*.so "$modules"/libnss_dns* "$modules"/libnss_files* /lib/*/libnss_dns.so.2 /lib/*/libnss_files.so.2; do
	[ -f "$f" ] || continue
	put "$f"
	for lib in $(needs "$f"); do put "$lib"; done
done
put /etc/ssl/openssl.cnf
put /etc/ssl/certs/ca-certificates.crt
mkdir -p "$to/usr/lib/ssl" "$to/tmp"
chmod 1777 "$to/tmp"
ln -sf /etc/ssl/openssl.cnf "$to/usr/lib/ssl/openssl.cnf"
ln -sf /etc/ssl/certs "$to/usr/lib/ssl/certs"
printf 'sslsock:x:65532:65532::/:/nonexistent\n' >"$to/etc/passwd"
printf 'hosts: files dns\n' >"$to/etc/nsswitch.conf"
