"""How a command reaches a stack, and the local cloud that it may share."""
