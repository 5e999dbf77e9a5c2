"""A lab: engines, backend processes and a sender, runs on them, and what they came to."""
