"""What it takes to begin: each function's imports, and the local cloud."""
