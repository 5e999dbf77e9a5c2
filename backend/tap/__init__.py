"""The tap on the drivers, and its observers."""
