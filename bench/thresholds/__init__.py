"""What a chosen threshold is worth, by the number of validation rows."""
