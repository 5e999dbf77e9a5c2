"""One backend process."""
