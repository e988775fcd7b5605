"""The steps of the preparation, one file for each that the state machine calls."""
