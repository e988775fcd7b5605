"""Very many files dropped at once."""
