"""Message brokers that keep messages and deliver them again, beside the stream of the Redis-protocol server."""
