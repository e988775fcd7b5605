"""The files that one step writes and another reads."""
