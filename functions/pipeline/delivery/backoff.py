"""How long to wait before a channel is tried again."""

import random
from dataclasses import dataclass

LONGEST_UNITS = 60
LONGEST_ASKED_SECONDS = 3600.0
_JITTER = 0.25


@dataclass(frozen=True)
class Backoff:
    """Waits that double from one unit up to sixty, so that ten tries of 15 s take an hour.

    Parameters
    ----------
    unit : seconds; 0 tries again at once.
    """

    unit: float

    def seconds(self, number: int, asked: float | None = None) -> float:
        """Return the wait after a try, a random part longer so that not all come back at once.

        Parameters
        ----------
        number : of the try, from 1.
        asked : what the channel itself asked for, in seconds; at most an hour is granted.
        """
        wait = self.unit * min(2.0 ** min(number - 1, 30), LONGEST_UNITS)
        wait *= 1 + random.uniform(0, _JITTER)  # noqa: S311 spreads load, guards nothing
        return max(wait, min(asked or 0.0, LONGEST_ASKED_SECONDS))
