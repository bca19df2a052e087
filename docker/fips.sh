#!/bin/sh
# Inside an image: configures the FIPS provider for this process's children, and has doctor and a handshake show it at work.
set -eu
module=$(ls /usr/lib/*/ossl-modules/fips.so 2>/dev/null) || {
	echo "fips: this release packages no FIPS provider; skipped"
	exit 0
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
command -v sslsock >/dev/null 2>&1 || {
	go build -o "$dir/bin/sslsock" ./cmd/sslsock
	PATH=$dir/bin:$PATH
}
openssl fipsinstall -quiet -module "$module" -out "$dir/fipsmodule.cnf"
cat >"$dir/openssl.cnf" <<-END
	config_diagnostics = 1
	openssl_conf = init
	.include $dir/fipsmodule.cnf
	[init]
	providers = providers
	alg_section = algorithms
	[providers]
	fips = fips_sect
	base = base
	[base]
	activate = 1
	[algorithms]
	default_properties = fips=yes
END
export OPENSSL_CONF="$dir/openssl.cnf"
sslsock doctor | tee "$dir/doctor"
grep -q '^ *ok *FIPS *on: algorithms come from the FIPS provider' "$dir/doctor"
for mode in loop conn; do sslsock demo --mode $mode >/dev/null; done
echo "fips: doctor shows the provider in effect, and the demonstration shakes hands with it"
