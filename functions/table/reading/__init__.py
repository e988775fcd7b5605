"""From a file's bytes to records: encoding, dialect, quotes, byte ranges."""
