"""Which of the columns that are given are the model's, and what those are that it misses."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pipeline.errors import ColumnMismatchError
from pipeline.wording import counted, listed, quoted

_SHOWN = 20


@dataclass(frozen=True)
class Matched:
    """The columns of what is to be predicted.

    Attributes
    ----------
    positions : of each column that the model needs, where it is given.
    ignored : names that the encoder does not know.
    """

    positions: dict[str, int]
    ignored: list[str]


def matched(
    given: Sequence[str], needed: Sequence[str], known: Collection[str], where: str
) -> Matched:
    """Find the columns that a model needs; their order does not matter.

    Parameters
    ----------
    known : all columns of training, those that the model does not use among them.
    where : what has the columns, for messages.

    Raises
    ------
    ColumnMismatchError
        Some are missing, or there twice; the message names all of them, and what is there
        instead.
    """
    names = [name.strip() for name in given]
    exact, alike = Counter(given), Counter(names)
    twice = [name for name in needed if alike[name] > 1 and exact[name] != 1]
    if twice:
        raise ColumnMismatchError(
            f"{where} has {listed(twice)} more than once, and it is not clear which one is meant; "
            f"give each of the model's columns once"
        )
    missing = [name for name in needed if name not in alike]
    if missing:
        raise ColumnMismatchError(_missing(missing, given, known, where))
    # A name that fits as it stands goes before one with blanks around it.
    places = {name: place for place, name in enumerate(names)}
    places |= {name: place for place, name in enumerate(given)}
    positions = {name: places[name] for name in needed}
    return Matched(positions, [name for name in given if name.strip() not in known])


def _missing(missing: list[str], given: Sequence[str], known: Collection[str], where: str) -> str:
    free = [name for name in given if name.strip() not in known]
    named = [f"{quoted(name)}{_hint(name, free)}" for name in missing[:_SHOWN]]
    more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
    noun = "the column" if len(missing) == 1 else f"{counted(len(missing), 'column')} of the model:"
    has = f"it has {listed(given, _SHOWN)}" if given else "it has none"
    return (
        f"{where} lacks {noun} {', '.join(named)}{more}; {has}. Name the columns as in the file "
        f"that the model was trained on, and give None where a value is not known"
    )


def _hint(name: str, free: Sequence[str]) -> str:
    near = nearest(name, free)
    dummies = [other for other in free if other.startswith((f"{name}_", f"{name}="))]
    if dummies and _plain(near or "") != _plain(name):
        return f" (the model encodes it itself: give it as it was before {quoted(dummies[0])})"
    return f" (is it {quoted(near)}?)" if near else ""


def nearest(name: str, names: Collection[str]) -> str | None:
    """Return the name that is most like another; capitals, blanks and signs do not count."""
    plain = {_plain(other): other for other in reversed(list(names))}
    found = get_close_matches(_plain(name), plain, n=1, cutoff=0.7)
    return plain[found[0]] if found else None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()) or name
