"""Proxies for the protocols of databases and of Redis: what a service sends to its engines, command by command."""
