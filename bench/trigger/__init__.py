"""How long the schedule's tick takes, and how much memory."""
