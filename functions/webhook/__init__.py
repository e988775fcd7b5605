"""Posts messages to a webhook, until it takes them."""
