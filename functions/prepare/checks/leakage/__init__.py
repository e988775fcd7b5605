"""Columns that give the target away: found on rows from all over the file, told or asked about."""
