"""What the acceptance tests share: a server to test, people who use it, and sockets to listen on."""
