"""The command line: its grammar, and a module a command."""
