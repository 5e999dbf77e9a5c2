"""Which one for me: questions at the left, the ranking at the right."""
