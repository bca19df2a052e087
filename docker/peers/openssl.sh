#!/bin/sh
# Runs the openssl of this folder on the libraries of this folder, whatever the system's are.
here=$(dirname "$(readlink -f "$0")")
for loader in "$here"/lib*/ld-linux*; do break; done
libs=
for dir in "$here"/lib/*-linux-gnu* "$here"/usr/lib/*-linux-gnu*; do libs=$libs:$dir; done
for modules in "$here"/usr/lib/*/ossl-modules; do break; done
OPENSSL_CONF=$here/etc/ssl/openssl.cnf OPENSSL_MODULES=$modules exec "$loader" --library-path "${libs#:}" "$here/usr/bin/openssl" "$@"
