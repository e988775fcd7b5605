"""What goes into the inbox: files, samples, settings."""
