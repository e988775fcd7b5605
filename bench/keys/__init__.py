"""How well keys are told from measurements."""
