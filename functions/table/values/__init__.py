"""What the text of a field means."""
