"""A service judged from outside: submissions that arrive twice, the answers to them, and their effects."""
