"""Columns that are not wanted are not read; which records are rows is told all the same."""

import pytest

from table.reading.dialect import Dialect
from table.reading.records import Records, read_records

HEADERS = [["id", "x", "y"]]
COMMENTED = r"^#\d+$"
FILES = {
    "plain": b"1,a,b\n2,c,d\n",
    "quoted": b'1,"a\nb",c\n2,"d,e","f""g"\n',
    "short and long rows": b"1,a,b\n2,c\n3,d,e,f\n4,g,h\n",
    "blank lines": b"1,a,b\n\n2,c,d\n",
    "a header again": b"1,a,b\nid,x,y\n2,c,d\n",
    "a header's text in a row": b"1,id,b\n2,c,d\n",
    "commented out": b"1,a,b\n#2,c,d\n3,e,f\n",
    "nothing": b"",
}


def told(found: Records) -> tuple[object, ...]:
    index = None if found.index is None else found.index.to_list()
    return index, found.count, found.bad, found.clean, found.repeated, found.commented


@pytest.mark.parametrize("name", FILES)
def test_what_is_wanted_is_read_as_with_all_the_others(name: str) -> None:
    def read(only: list[int] | None) -> Records:
        return read_records(
            FILES[name], Dialect(), 3, headers=HEADERS, commented=COMMENTED, only=only
        )

    whole, some = read(None), read([2])
    assert told(some) == told(whole)
    assert some.frame.columns == whole.frame.columns
    assert some.frame.schema == whole.frame.schema
    assert some.frame["c2"].to_list() == whole.frame["c2"].to_list()


def test_what_is_not_wanted_takes_no_memory() -> None:
    data = b"".join(b"%d,some words of %d,%d\n" % (n, n, n % 7) for n in range(5000))
    some = read_records(data, Dialect(), 3, clean=True, only=[2]).frame
    assert some["c1"].null_count() == len(some) == 5000
    whole = read_records(data, Dialect(), 3, clean=True).frame
    assert some.estimated_size() < whole.estimated_size() / 2
