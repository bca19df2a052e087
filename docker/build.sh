#!/bin/sh
# Builds the image of the program, sslsock:SUITE, for each suite (default: trixie).
set -eu
exec </dev/null
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_engine
[ $# -gt 0 ] || set -- trixie
sh "$root/docker/modules.sh"
for suite; do
	build runtime "$suite" "$prefix:$suite"
	docker images --format 'table {{.Repository}}:{{.Tag}}\t{{.Size}}' "$prefix:$suite"
done
