"""The local cloud is ended at random moments."""
