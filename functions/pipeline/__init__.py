"""What the functions share: errors, settings, and the layout of the bucket."""
