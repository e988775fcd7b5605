"""How a file that is scored fits the champion's encoder."""
