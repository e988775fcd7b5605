"""What stands before and behind the rows of a CSV, and what its first characters say of it."""
