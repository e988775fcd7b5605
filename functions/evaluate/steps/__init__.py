"""The steps of the evaluation, one file for each that the state machine calls."""
