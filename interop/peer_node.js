// A TLS client or server for the interop runner: peer_node.js {client|server} OPTIONS (JSON).
const fs = require("fs"), tls = require("tls");
const [role, json] = process.argv.slice(-2), o = JSON.parse(json);
const [host, port] = o.addr.split(":");
const read = file => file ? fs.readFileSync(file) : undefined;
const options = {
  host, port, cert: read(o.cert), key: read(o.key), ca: read(o.ca), servername: o.name, allowHalfOpen: true,
  dhparam: role === "server" ? "auto" : undefined, ALPNProtocols: o.alpn || undefined, requestCert: o.auth !== "", rejectUnauthorized: role === "client" || o.auth === "required",
};
if (o.version) options.minVersion = options.maxVersion = "TLSv" + o.version;
if (o.cipher || o.cipher13) options.ciphers = [o.cipher13, o.cipher].filter(Boolean).join(":");
if (o.groups) options.ecdhCurve = o.groups;
const say = c => console.error(`version=${c.getProtocol()} cipher=${c.getCipher().name} alpn=${c.alpnProtocol || ""} ` +
  `resumed=${c.isSessionReused()} client=${(c.getPeerCertificate().subject || {}).CN || ""}` +
  (role === "client" ? ` group=${(c.getEphemeralKeyInfo() || {}).name || ""}` : ""));

if (role === "server") {
  const server = tls.createServer(options, c => { say(c); c.on("error", e => console.error("error:", e.message)); c.pipe(c); });
  server.on("tlsClientError", e => console.error("error:", e.message));
  server.listen(port, host);
} else {
  const c = tls.connect(options, () => say(c));
  c.on("error", e => { console.error("error:", e.message); process.exit(1); });
  process.stdin.pipe(c);
  c.pipe(process.stdout);
}
