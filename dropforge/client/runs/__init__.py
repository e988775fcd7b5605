"""A stack's runs: listed, shown, fetched, logged and stopped."""
