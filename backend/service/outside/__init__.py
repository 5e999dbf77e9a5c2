"""A service judged from outside: submissions that arrive twice, what they were told, and what they came to."""
