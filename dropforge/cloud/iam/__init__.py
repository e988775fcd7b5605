"""Who calls the local cloud, and what that role may do."""
