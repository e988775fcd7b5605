"""Tells people, once, how a run ended."""
