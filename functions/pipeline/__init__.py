"""What the functions share: errors, settings, clients, keys, files between steps, messages."""
