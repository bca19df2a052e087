#!/bin/sh
# Removes the images and caches that the scripts of this folder have made.
set -eu
exec </dev/null
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
need_engine
images=$(docker images -q --filter "reference=$prefix:*" --filter "reference=$prefix-*:*" | sort -u)
volumes=$(docker volume ls -q --filter "name=^$prefix-cache-")
# shellcheck disable=SC2086 # lists of words
[ -z "$images" ] || docker rmi -f $images >/dev/null
# shellcheck disable=SC2086
[ -z "$volumes" ] || docker volume rm $volumes >/dev/null
find "$root/docker/modules" -mindepth 1 ! -name .gitignore -delete
