"""A file that is larger than the memory, once through the local cloud."""
