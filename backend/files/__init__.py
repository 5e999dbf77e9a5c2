"""Files: those that nobody else may read, and those that a command writes its results to."""
