"""Turns a drop, or the schedule's tick, into an execution of the state machine."""
