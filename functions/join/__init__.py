"""Puts predictions beside the rows that they are of, byte for byte as they were dropped."""
