#!/bin/sh
# Runs each fuzz target of the tree for a while (first argument, such as 20s) and stops at the first finding.
set -u
cd "$(dirname "$0")/.." || exit 1

time=${1:-20s}
log=$(mktemp) && targets=$(mktemp) || exit 1
trap 'rm -f "$log" "$targets"' EXIT

find . \( -name .git -o -name .bin \) -prune -o -name '*_test.go' -exec grep -Ho '^func Fuzz[A-Za-z0-9_]*' {} + | sort >"$targets"
[ -s "$targets" ] || {
	echo "fuzz: there is no target" >&2
	exit 1
}

while IFS=: read -r file func; do
	name=${func#func }
	dir=${file%/*}
	echo "==> $dir $name"
	(cd "$dir" && "${GO:-go}" test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 10x . </dev/null 2>&1; echo "exit $?") | tee "$log"
	[ "$(tail -n 1 "$log")" = "exit 0" ] && continue
	# Up to Go 1.26 the end of -fuzztime can be taken for a failure (go.dev/issue/75804). A finding always leaves an input.
	grep -q '^    context deadline exceeded$' "$log" && ! grep -qE 'Failing input written|^panic:|^fatal error:' "$log" && continue
	exit 1
done <"$targets"
