package redisstore_test

import (
	"context"
	"log"
	"time"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/redisstore"
)

// Servers that share their ticket keys: what each of them does.
func Example() {
	client, err := redisstore.Open("rediss://user:password@redis.example:6379/0")
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	secret, err := redisstore.KeyFile("/etc/service/ticket.key")
	if err != nil {
		log.Fatal(err)
	}
	keys, err := redisstore.NewTicketKeys(client, secret, redisstore.TicketKeyOptions{Period: 6 * time.Hour})
	if err != nil {
		log.Fatal(err)
	}
	cfg := &bridge.Config{Certificates: []bridge.Certificate{{CertFile: "chain.pem", KeyFile: "key.pem"}}}
	ctx, err := cfg.NewServerCtx()
	if err != nil {
		log.Fatal(err)
	}
	defer ctx.Close()
	rotator, err := bridge.RotateTicketKeys(context.Background(), ctx, keys, func(err error) { log.Print(err) })
	if err != nil {
		log.Fatal(err)
	}
	defer rotator.Stop()
	// Serve with ctx: bridge.NewListener, or a Loop.
}
