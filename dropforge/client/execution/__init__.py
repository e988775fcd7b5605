"""A run's execution: found, followed and read."""
