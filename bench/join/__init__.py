"""How long JoinFunction takes for a chunk, and how much memory."""
