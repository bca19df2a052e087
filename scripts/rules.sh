#!/bin/sh
# The house rules that no linter knows (CONTRIBUTING.md says why). Prints each offence and fails if there is one.
set -u
cd "$(dirname "$0")/.." || exit 1

bad=0

# rule NAME shows what standard input lists, and remembers that it listed something.
rule() {
	found=$(cat)
	[ -z "$found" ] && return
	printf '%s:\n%s\n' "$1" "$found" | sed '2,$s/^/  /' >&2
	bad=1
}

sources() { find . \( -name .git -o -name .bin -o -name bin \) -prune -o -type f \( "$@" \) -print | sort; }
in_files() { xargs -r grep -nE "$1" /dev/null; }

rule 'LockOSThread in ossl or bridge, outside the workers for asynchronous jobs: the verdict and its errors come back with the call, no thread is needed' <<END
$(sources -name '*.go' | grep -E '^\./(ossl|bridge)/' | grep -v -e '_test\.go$' -e '^\./bridge/worker\.go$' | in_files '\bLockOSThread\b')
END

rule 'import "C" outside ossl (cmd/sslbench has its own C peers)' <<END
$(sources -name '*.go' | grep -vE '^\./(ossl|cmd/sslbench)/' | in_files '^(import )?[[:space:]]*"C"$')
END

rule 'golang.org/x/sys/unix outside bridge and cmd' <<END
$(sources -name '*.go' | grep -vE '^\./(bridge|cmd)/|_test\.go$' | in_files '"golang\.org/x/sys/unix"')
END

rule 'net or crypto/tls in ossl, which knows nothing of connections' <<END
$(sources -name '*.go' | grep -E '^\./ossl/' | grep -v '_test\.go$' | in_files '^(import )?[[:space:]]*([a-z_.]+ )?"(net|net/.*|crypto/tls)"$')
END

rule 'more than 400 lines: is it still one concept?' <<END
$(sources -name '*.go' -o -name '*.[ch]' | grep -vE '(_test\.go|/zz_[^/]*|/gen_[^/]*|_string\.go)$' |
	xargs -r grep -L '^// Code generated .* DO NOT EDIT\.$' | xargs -r awk 'FNR == 401 { print FILENAME }')
END

rule 'no Crossings test: make test would count nothing' <<END
$(for p in ossl bridge; do grep -qsE '^func Test[A-Za-z0-9_]*Crossings' "$p"/*_test.go || echo "$p"; done)
END

exit $bad
