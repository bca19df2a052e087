// A TLS client or server for the interop runner: java peer_java.java {client|server} KEY=VALUE...
import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.*;
import java.util.*;
import javax.net.ssl.*;

public class Peer {
    static final Map<String, String> o = new HashMap<>();

    public static void main(String[] args) throws Exception {
        for (int i = 1; i < args.length; i++) {
            String[] pair = args[i].split("=", 2);
            o.put(pair[0], pair[1]);
        }
        if (!o.get("groups").isEmpty()) System.setProperty("jdk.tls.namedGroups", o.get("groups"));
        if (o.get("version").equals("1.0") || o.get("version").equals("1.1")) Security.setProperty("jdk.tls.disabledAlgorithms", "");
        String[] addr = o.get("addr").split(":");
        SSLContext ctx = context();
        if (args[0].equals("server")) {
            SSLServerSocket ln = (SSLServerSocket) ctx.getServerSocketFactory()
                .createServerSocket(Integer.parseInt(addr[1]), 50, InetAddress.getByName(addr[0]));
            while (true) {
                SSLSocket s = (SSLSocket) ln.accept();
                new Thread(() -> serve(s)).start();
            }
        }
        try {
            dial(ctx, addr[0], Integer.parseInt(addr[1]));
        } catch (IOException e) {
            System.err.println("error: " + e);
            System.exit(1);
        }
    }

    static SSLContext context() throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12"), own = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        own.load(null, null);
        trust.setCertificateEntry("ca", chain("ca")[0]);
        if (!o.get("cert").isEmpty()) own.setKeyEntry("own", key(), new char[0], chain("cert"));
        TrustManagerFactory tm = TrustManagerFactory.getInstance("PKIX");
        tm.init(trust);
        KeyManagerFactory km = KeyManagerFactory.getInstance("PKIX");
        km.init(own, new char[0]);
        SSLContext ctx = SSLContext.getInstance("TLS");
        ctx.init(km.getKeyManagers(), tm.getTrustManagers(), null);
        return ctx;
    }

    static Certificate[] chain(String option) throws Exception {
        try (InputStream in = new FileInputStream(o.get(option))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new Certificate[0]);
        }
    }

    static PrivateKey key() throws Exception {
        String pem = Files.readString(Path.of(o.get("key"))).replaceAll("-----.*-----|\\s", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
        for (String kind : new String[] {"RSASSA-PSS", "RSA", "EC", "EdDSA"}) {
            try {
                PrivateKey key = KeyFactory.getInstance(kind).generatePrivate(spec);
                if (!kind.equals("RSASSA-PSS") || o.get("cert").contains("pss")) return key;
            } catch (InvalidKeySpecException e) {
                continue; // another kind
            }
        }
        throw new InvalidKeySpecException(o.get("key"));
    }

    static void tune(SSLSocket s, boolean server) {
        SSLParameters p = s.getSSLParameters();
        if (!o.get("version").isEmpty()) p.setProtocols(new String[] {("TLSv" + o.get("version")).replace("v1.0", "v1")});
        if (!o.get("cipher").isEmpty()) p.setCipherSuites(new String[] {o.get("cipher")});
        if (!o.get("alpn").isEmpty()) p.setApplicationProtocols(o.get("alpn").split(","));
        if (server) {
            p.setNeedClientAuth(o.get("auth").equals("required"));
            if (o.get("auth").equals("wanted")) p.setWantClientAuth(true);
        } else {
            p.setEndpointIdentificationAlgorithm("HTTPS");
            p.setServerNames(List.of(new SNIHostName(o.get("name"))));
        }
        s.setSSLParameters(p);
    }

    static void say(SSLSocket s, boolean server) {
        SSLSession session = s.getSession();
        String client = "";
        try {
            if (server) client = ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
        } catch (SSLPeerUnverifiedException e) {
            client = ""; // none was shown
        }
        System.err.println("version=" + session.getProtocol() + " cipher=" + session.getCipherSuite()
            + " alpn=" + s.getApplicationProtocol() + " client=" + client);
    }

    static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] buf = new byte[65536];
        for (int n; (n = in.read(buf)) >= 0; out.flush()) out.write(buf, 0, n);
    }

    static void serve(SSLSocket s) {
        try (s) {
            tune(s, true);
            s.startHandshake();
            say(s, true);
            copy(s.getInputStream(), s.getOutputStream());
        } catch (IOException e) {
            System.err.println("error: " + e);
        }
    }

    static void dial(SSLContext ctx, String host, int port) throws Exception {
        Socket tcp = new Socket(host, port);
        SSLSocket s = (SSLSocket) ctx.getSocketFactory().createSocket(tcp, o.get("name"), port, true);
        tune(s, false);
        s.startHandshake();
        say(s, false);
        Thread sender = new Thread(() -> {
            try {
                copy(System.in, s.getOutputStream());
                s.shutdownOutput();
            } catch (IOException e) {
                System.err.println("error: " + e);
            }
        });
        sender.setDaemon(true);
        sender.start();
        copy(s.getInputStream(), System.out);
        s.close();
    }
}
