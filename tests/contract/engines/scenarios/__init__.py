"""Executions of the state machine, one for each way that it can take.

A path is written as the usual one up to a state, and how it goes on from there.
"""

from tests.contract.engines.scenarios import (
    comparing,
    data,
    faults,
    functions,
    predicting,
    refitting,
    registering,
    searching,
    training,
)

ROOMS = (
    data,
    training,
    searching,
    refitting,
    predicting,
    comparing,
    registering,
    faults,
    functions,
)
ALL = {each.name: each for room in ROOMS for each in room.SCENARIOS}
