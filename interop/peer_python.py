"""A TLS client or server for the interop runner: peer_python.py {client|server} OPTIONS (JSON)."""
import json, select, socket, ssl, sys, threading

role, o = sys.argv[1], json.loads(sys.argv[2])
ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if role == "server" else ssl.PROTOCOL_TLS_CLIENT)
versions = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
if o["version"]:
    ctx.minimum_version = ctx.maximum_version = versions[o["version"]]
if o["cipher"]:
    ctx.set_ciphers(o["cipher"])
if o["cert"]:
    ctx.load_cert_chain(o["cert"], o["key"])
if o["ca"]:
    ctx.load_verify_locations(o["ca"])
if role == "server":
    ctx.verify_mode = {"": ssl.CERT_NONE, "wanted": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}[o["auth"]]
if o["alpn"]:
    ctx.set_alpn_protocols(o["alpn"])


def say(t):
    name = dict(kv for rdn in (t.getpeercert() or {}).get("subject", ()) for kv in rdn).get("commonName", "")
    print(f"version={t.version()} cipher={t.cipher()[0]} alpn={t.selected_alpn_protocol() or ''} resumed={t.session_reused} client={name}",
          file=sys.stderr, flush=True)


def serve(c):
    try:
        with ctx.wrap_socket(c, server_side=True, suppress_ragged_eofs=False) as t:
            say(t)
            while data := t.recv(65536):
                t.sendall(data)
            t.unwrap()
    except OSError as e:
        print("error:", e, file=sys.stderr, flush=True)


host, port = o["addr"].rsplit(":", 1)
if role == "server":
    ln = socket.create_server((host, int(port)))
    while True:
        threading.Thread(target=serve, args=(ln.accept()[0],), daemon=True).start()

source = sys.stdin.buffer
with ctx.wrap_socket(socket.create_connection((host, int(port))), server_hostname=o["name"], suppress_ragged_eofs=False) as t:
    say(t)
    while True:
        ready = [t] if t.pending() else select.select([t, source], [], [])[0]
        if t in ready:
            t.setblocking(False)  # what has come may be a ticket, and no data
            try:
                data = t.recv(65536)
                if not data:
                    break
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            except ssl.SSLWantReadError:
                pass
            t.setblocking(True)
        if source in ready:
            data = source.read1(16384)
            if not data:
                t.unwrap()
                break
            t.sendall(data)
