"""Reading and writing objects of the bucket."""
