"""Writes a sample dataset, so that the application can be tried without one."""
