"""A slow, plain reader of CSV text: the rules that the chunked one must keep to."""

from dataclasses import dataclass


@dataclass
class ReferenceRows:
    """Records as lists of fields with their first line, from 0; and whether a quote stays open."""

    records: list[tuple[int, list[str]]]
    open_at_end: bool


def read(text: str, delimiter: str = ",", quote: str = '"') -> ReferenceRows:
    """Read character by character, as Python's csv module does."""
    records: list[tuple[int, list[str]]] = []
    fields: list[str] = []
    field, state, line, first, raw = "", "begin", 0, 0, ""

    def end_record() -> None:
        nonlocal fields, field, state, raw
        if raw.strip(" \r"):
            records.append((first, [*fields, field]))
        fields, field, state, raw = [], "", "begin", ""

    for char in text:
        if char == "\n" and state != "quoted":
            end_record()
            line += 1
            first = line
            continue
        raw += char
        if state == "quoted":
            line += char == "\n"
            if char == quote:
                state = "closing"
            else:
                field += char
        elif char == delimiter:
            fields.append(field)
            field, state = "", "begin"
        elif char == quote and state == "begin":
            state = "quoted"
        elif char == quote and state == "closing":
            field, state = field + quote, "quoted"
        else:
            field, state = field + char, "plain"
    if raw:
        open_at_end = state == "quoted"
        end_record()
        return ReferenceRows(records, open_at_end)
    return ReferenceRows(records, open_at_end=False)
