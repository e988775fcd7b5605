"""Bringing a run's message to a channel, once, until it is there."""
