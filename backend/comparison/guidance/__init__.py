"""Which strategy fits: questions about somebody's own service, and a ranking with reasons that runs bear out."""
