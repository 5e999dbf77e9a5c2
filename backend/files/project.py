"""Where our packages lie."""

from pathlib import Path

PROJECT = Path(__file__).parents[2]
"""Processes that run a module of ours start here: that is where Python finds it."""
