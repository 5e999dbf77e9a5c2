"""One file an engine: start it or connect to it, and describe it; and the supervisor that owns what was started."""
