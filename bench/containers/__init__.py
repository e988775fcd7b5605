"""Runs every event of events/ in Lambda's image, against a local cloud."""
