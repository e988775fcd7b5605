"""How long the evaluate step takes, and how much memory."""
