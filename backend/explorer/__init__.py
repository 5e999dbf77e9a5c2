"""The explorer: every order in which duplicates can run, on the real engines."""
