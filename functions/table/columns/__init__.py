"""What each column is: its kind, the target and its classes, those that settings name."""
