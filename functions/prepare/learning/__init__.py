"""What categories say of the target, learned from the rows that train."""
