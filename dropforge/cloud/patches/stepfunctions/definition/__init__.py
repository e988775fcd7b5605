"""Whether AWS would take the definition of a state machine."""
