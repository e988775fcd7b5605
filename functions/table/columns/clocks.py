"""Whether a column holds durations or times of day, by its values and its name."""

from dataclasses import dataclass

from pipeline.documents.chunk_profile import ColumnProfile, Numbers
from table.values.time_names import says_clock, says_duration

# Durations that happen to fill a day and never pass it are rare among so many.
_MANY = 100
_MORNING, _EVENING = 8 * 60, 20 * 60


@dataclass(frozen=True)
class Clocks:
    """What values such as 02:35:00 are.

    Attributes
    ----------
    style : "duration" or "span", in seconds, or "clock", in minutes since midnight.
    doubtful : whether they could be the other as well.
    """

    style: str
    numbers: Numbers
    doubtful: bool = False


def clocks_of(name: str, found: ColumnProfile, least: float) -> Clocks | None:
    """Tell durations from times of day.

    Hours from 24 on, a sign, days or the name make durations; AM or PM, the name or values
    over all of the day, and none beyond it, make times of day. Else both are possible, and
    seconds are taken.

    Parameters
    ----------
    least : so many values must be of one kind.
    """
    spans, single = (found["numbers"].get(style) for style in ("span", "one_unit"))
    if spans and spans["count"] >= least and (single is None or single["count"] < spans["count"]):
        return Clocks("span", spans)
    durations, clocks = (found["numbers"].get(style) for style in ("duration", "clock"))
    long = durations is not None and durations["count"] >= least
    daily = clocks is not None and clocks["count"] >= least
    if daily and clocks is not None and "am_pm" in found["numbers"]:
        return Clocks("clock", clocks)
    if not long or durations is None:
        return Clocks("clock", clocks) if daily and clocks is not None else None
    if clocks is None or clocks["count"] < durations["count"] or says_duration(name):
        return Clocks("duration", durations)
    if says_clock(name) or _over_the_day(clocks):
        return Clocks("clock", clocks)
    return Clocks("duration", durations, doubtful=True)


def _over_the_day(clocks: Numbers) -> bool:
    return clocks["count"] >= _MANY and clocks["min"] < _MORNING and clocks["max"] >= _EVENING
