"""The application and its window."""
