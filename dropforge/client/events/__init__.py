"""Sample events for the functions, made from what a deployed stack holds."""
