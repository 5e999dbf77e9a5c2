"""The History page: what was done in this session and earlier ones, shown again, side by side, and done again."""
