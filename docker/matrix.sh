#!/bin/sh
# The matrix itself, inside the service "matrix" of compose.yaml: our client against every server on the network, the openssl
# of every release in /peers against our server, and `sslsock interop` with those as its peers.
#
# Prints a line for each cell, writes /reports/network.xml (JUnit) and what sslsock interop writes, and exits 1 when one fails.
#
#   docker/matrix.sh SERVER...   the servers, each of which listens on 8443
set -u
certs=/src/testdata/certs
out=/reports
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cells=0 failed=0 skipped=0
: >"$tmp/cases"

xml() { tr -d '\000-\010\013-\037' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'; }

# note RESULT NAME adds a cell to the reports; what belongs to it is in $tmp/log.
note() {
	cells=$((cells + 1))
	printf '%-4s  %s\n' "$1" "$2"
	printf '<testcase classname="network" name="%s">' "$(echo "$2" | xml)" >>"$tmp/cases"
	case $1 in
	fail)
		failed=$((failed + 1))
		sed 's/^/        /' "$tmp/log" | tail -n 15
		printf '<failure message="see the text">%s</failure>' "$(tail -c 4000 "$tmp/log" | xml)" >>"$tmp/cases"
		;;
	skip)
		skipped=$((skipped + 1))
		sed 's/^/        /' "$tmp/log"
		printf '<skipped message="%s"/>' "$(xml <"$tmp/log")" >>"$tmp/cases"
		;;
	esac
	echo '</testcase>' >>"$tmp/cases"
}

# cuts is set for a server that ends its connections without close_notify.
cuts=

# cell NAME REQUEST ANSWER COMMAND... sends REQUEST through COMMAND and wants ANSWER, a fixed text, and status 0.
cell() {
	name=$1 request=$2 answer=$3
	shift 3
	# shellcheck disable=SC2059 # REQUEST is a format on purpose: it has \r\n
	printf "$request" | timeout 20 "$@" >"$tmp/out" 2>"$tmp/log"
	status=$?
	[ -n "$cuts" ] && [ $status = 1 ] && grep -q 'without close_notify' "$tmp/log" && status=0
	if [ $status = 0 ] && grep -qF "$answer" "$tmp/out"; then
		note pass "$name"
	else
		echo "status $status, wanted \"$answer\" and got: $(head -c 300 "$tmp/out" | tr -d '\000')" >>"$tmp/log"
		note fail "$name"
	fi
}

http='GET / HTTP/1.0\r\nHost: localhost\r\n\r\n'

for server; do
	# Limits of these peers: `s_server -www` of 1.1.1 never sends one, and nginx not always after the client's own.
	case $server in openssl-bullseye | nginx) cuts=1 ;; *) cuts= ;; esac
	for version in 1.2 1.3; do
		request=$http answer=200
		case $server in redis) request='PING\r\nQUIT\r\n' answer=+PONG ;; esac
		cell "ours -> $server, TLS $version" "$request" "$answer" \
			sslsock connect "$server:8443" --ca $certs/ecdsa-root.pem --servername localhost --tls $version
	done
done

cuts= peers=
for folder in /peers/*; do
	peer=${folder##*/}
	if [ ! -x "$folder/openssl" ]; then
		echo "not among the peers of this run" >"$tmp/log"
		note skip "$peer -> ours"
		continue
	fi
	peers="$peers --peer $peer=$folder/openssl --only $peer"
	echo "      $peer is $("$folder/openssl" version)"
	for version in 1_2 1_3; do
		cell "$peer -> ours, TLS $(echo $version | tr _ .)" "$http" 200 "$folder/openssl" s_client -connect sslsock:8443 -tls$version \
			-servername localhost -verify_hostname localhost -CAfile $certs/ecdsa-root.pem -verify_return_error -quiet
	done
done

{
	echo '<?xml version="1.0" encoding="UTF-8"?>'
	echo "<testsuite name=\"network\" tests=\"$cells\" failures=\"$failed\" skipped=\"$skipped\">"
	cat "$tmp/cases"
	echo '</testsuite>'
} >"$out/network.xml" || failed=$((failed + 1))
echo "network: $((cells - failed - skipped)) passed, $failed failed, $skipped skipped, on $(openssl version)"

if ! sslsock interop --help 2>/dev/null | grep -q -e --peer; then
	echo "programs: this sslsock has no command interop; nothing was run but the above"
elif [ -n "$peers" ]; then
	# shellcheck disable=SC2086 # a list of words
	sslsock interop --quiet $peers --format junit --output "$out/programs.xml" || failed=$((failed + 1))
fi
[ $failed = 0 ]
