"""What the columns hold, counted chunk by chunk and merged."""
