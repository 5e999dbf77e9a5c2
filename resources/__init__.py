"""Icons, style and translations; read through importlib.resources only."""
