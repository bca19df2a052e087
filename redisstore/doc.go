// Package redisstore shares TLS sessions and ticket keys between servers by
// Redis: a client that has shaken hands with one resumes on any other.
//
// [TicketKeys] is a bridge.TicketKeySource: with stateless tickets Redis is asked
// once for each period, and holds a few small values. [Sessions] is a
// bridge.SessionStore: Redis is asked in the course of handshakes, and holds
// every session. Prefer the former where clients can do tickets.
//
// # When Redis is slow or away
//
// Each operation ends with its context, or after the Timeout of the options if
// that is sooner. Then there is no resumption from Redis, and no handshake
// fails: servers go on with the ticket keys that they have, and go back to Redis
// when it answers. Such errors are [ErrUnavailable] by errors.Is.
//
// # Clusters
//
// A redis.ClusterClient does as well: no operation is about more than one key, so
// that none needs a hash tag. While a master is replaced, its share of the values
// is away. The periods of ticket keys go by the clock of whichever node answers;
// nodes that are apart by less than a period do no harm.
//
// # Secrets
//
// A ticket key opens every connection of TLS 1.2 that could be resumed with it.
// Redis never sees one: they are sealed by AES-256-GCM under a [Secret] that the
// servers share, a passphrase or a key file. Sessions are sealed where their
// options have one too. To change the secret change the prefix with it: servers
// with the new pair and with the old one go on beside each other.
//
// A sealed value says in which place of Redis it belongs, so that who can write
// to Redis can drop values, or play old ones again where they were, and nothing
// else.
package redisstore
