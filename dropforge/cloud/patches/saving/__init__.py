"""What the local cloud keeps, and when it is written."""
