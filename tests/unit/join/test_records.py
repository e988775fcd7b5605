"""Lines are put together to records block by block, and none is lost between two blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from join import records
from join.records import Spans, blocks_of

LINES = st.lists(st.sampled_from([b"", b"a", b"bb", b"ccc"]), min_size=1, max_size=12)


@pytest.mark.parametrize("block_bytes", [0, 1, 3, 100])
@given(lines=LINES, ended=st.booleans(), data=st.data())
def test_all_lines_come_back_once_and_in_order(
    block_bytes: int, lines: list[bytes], ended: bool, data: st.DataObject
) -> None:
    raw = b"\n".join(lines) + b"\n" * ended
    count = len(raw.removesuffix(b"\n").split(b"\n")) if raw else 0
    starts = sorted(data.draw(st.sets(st.integers(0, max(count - 1, 0))))) if count else []
    ends = [
        data.draw(st.integers(at, (starts[number + 1] if number + 1 < len(starts) else count) - 1))
        for number, at in enumerate(starts)
    ]
    wanted = records._BLOCK_BYTES
    records._BLOCK_BYTES = block_bytes
    try:
        plain = [line for some, _ in blocks_of(raw, b"\n", None, 2) for line in some]
        found = list(blocks_of(raw, b"\n", Spans(starts, ends, [2] * len(starts)), 2))
    finally:
        records._BLOCK_BYTES = wanted
    assert b"\n".join(plain) + b"\n" * (raw[-1:] == b"\n") == raw
    put = [record for some, _ in found for record in some]
    fields = [many for _, some in found for many in some]
    assert b"\n".join(put) + b"\n" * (raw[-1:] == b"\n") == raw
    split = raw.removesuffix(b"\n").split(b"\n") if raw else []
    assert [record for record, many in zip(put, fields, strict=True) if many] == [
        b"\n".join(split[first : last + 1]) for first, last in zip(starts, ends, strict=True)
    ]


def test_record_beyond_the_last_line_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 lines, and a record in line 2"):
        list(blocks_of(b"a\nb\n", b"\n", Spans([0, 2], [0, 2], [1, 1]), 1))
