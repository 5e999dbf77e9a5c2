"""What the window and the command line stand on. Knows nothing of Qt."""
