"""Processes of a lab: the supervisor that leaves nothing behind, and what it needs to know."""
