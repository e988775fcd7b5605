"""What functions and jobs logged, line by line."""
