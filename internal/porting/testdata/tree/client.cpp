// A thread for each connection, in C++.
#include <cstring>
#include <string>
#include <thread>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace client {

const char *usage = R"(
  client HOST      calls SSL_connect(), then SSL_write()
)";

class Connection {
public:
	explicit Connection(SSL_CTX *c) : ssl(SSL_new(c)), count(1'000) {}
	~Connection() { SSL_free(ssl); }
	bool check(const std::string &host) const
	{
		char name[256];
		X509 *x = SSL_get1_peer_certificate(ssl);
		X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof name);
		X509_free(x);
		return strcmp(name, host.c_str()) == 0;
	}
	void run()
	{
		SSL_set_fd(ssl, 3);
		if (SSL_connect(ssl) != 1)
			return;
		SSL_write(ssl, "SSL_read", 8);
	}

private:
	SSL *ssl;
	int count;
};

void one(const std::string &host)
{
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());
	Connection connection(c);
	std::thread worker([&] { connection.run(); });
	worker.join();
	SSL_CTX_free(c);
}

} // namespace client
