"""Who submits: a process of its own that holds open sockets, and its client in the lab."""
