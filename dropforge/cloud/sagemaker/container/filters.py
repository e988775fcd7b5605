"""DataProcessing of a transform job: choose columns before, join and choose after.

The subset of JSONPath is the one of the SageMaker developer guide, "Associate
prediction results with input records": `$`, `$.key`, `$[n]`, `$[-n]`, slices
`$[a:b]` and lists `$[0,2]`. With a join the data is one list of the record's
columns and then the prediction for CSV, or an object with SageMakerOutput for
JSON Lines.
"""

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(r"""\.(?P<key>[\w-]+)|\[(?P<index>[^\]]*)\]""")
_QUOTED = re.compile(r"""(['"])(?P<key>.*)\1""")
_OUTPUT = "SageMakerOutput"


class JsonPathError(ValueError):
    """A filter that is not understood, or that finds nothing in a record."""


@dataclass(frozen=True)
class Row:
    """How each record of a job is filtered and joined."""

    input_filter: str
    output_filter: str
    joined: bool
    json_lines: bool  # else CSV

    @classmethod
    def of(cls, processing: dict[str, Any], content_type: str, accept: str) -> "Row | None":
        """Read a job's DataProcessing; None when it leaves the records as they are."""
        row = cls(
            processing.get("InputFilter", "$"),
            processing.get("OutputFilter", "$"),
            processing.get("JoinSource", "None") == "Input",
            "json" in content_type.lower() or "json" in accept.lower(),
        )
        if row.input_filter == "$" and row.output_filter == "$" and not row.joined:
            return None
        return row

    def filter_input(self, payload: bytes) -> bytes:
        """Choose the columns of each record that the model is to see."""
        if self.input_filter == "$":
            return payload
        records = [_as_list(select(self.input_filter, each)) for each in self._read(payload)]
        return self._write(records)

    def join(self, payload: bytes, answer: bytes) -> bytes:
        """Put each prediction behind its record if asked to, then apply the output filter.

        Raises
        ------
        JsonPathError
            There are not as many predictions as records.
        """
        predictions = answer.decode().splitlines()
        if self.json_lines:
            outputs: list[Any] = [json.loads(line) for line in predictions]
        else:
            # A softprob row is printed as a list, [0.1, 0.9]; it is one field of the record.
            outputs = [[line] for line in predictions]
        if self.joined:
            records = self._read(payload)
            if len(records) != len(outputs):
                raise JsonPathError(
                    f"{len(records)} records but {len(outputs)} predictions cannot be joined; "
                    "the model must answer one line a record"
                )
            outputs = [
                each | {_OUTPUT: output} if isinstance(each, dict) else [*each, *_as_list(output)]
                for each, output in zip(records, outputs, strict=True)
            ]
        return self._write([select(self.output_filter, each) for each in outputs])

    def _read(self, payload: bytes) -> list[Any]:
        text = payload.decode()
        if self.json_lines:
            return [json.loads(line) for line in text.splitlines() if line]
        return [list(row) for row in csv.reader(io.StringIO(text))]

    def _write(self, records: list[Any]) -> bytes:
        if self.json_lines:
            return "".join(json.dumps(each) + "\n" for each in records).encode()
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerows(_as_list(each) for each in records)
        return buffer.getvalue().encode()


def select(path: str, value: Any) -> Any:
    """Apply one JSONPath of the subset to a record.

    Raises
    ------
    JsonPathError
        The path is not of the subset, or the record has no such part.
    """
    if not path.startswith("$"):
        raise JsonPathError(f"{path!r} is no JSONPath; it must start with $")
    position = 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise JsonPathError(f"{path!r} is not understood at character {position + 1}")
        try:
            value = _take(value, step)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise JsonPathError(f"{path!r} finds nothing in {str(value)[:60]!r}") from error
        position = step.end()
    return value


def _take(value: Any, step: re.Match[str]) -> Any:
    if step["key"] is not None:
        return value[step["key"]]
    index = step["index"].strip()
    quoted = _QUOTED.fullmatch(index)
    if quoted:
        return value[quoted["key"]]
    if ":" in index:
        ends = [int(part) if part.strip() else None for part in index.split(":")]
        return value[slice(*ends)]
    if "," in index:
        return [value[int(part)] for part in index.split(",")]
    return value[int(index)]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
