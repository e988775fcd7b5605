"""Send the objects of a batch transform job to the model and collect the answers.

This is the part of SageMaker's own agent: how it cuts an object into requests,
filters, joins and assembles is from the SageMaker developer guide, "Use batch
transform" and "Associate prediction results with input records", and the API
reference of CreateTransformJob.
"""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from dropforge.cloud.sagemaker.container.filters import JsonPathError, Row
from dropforge.cloud.sagemaker.container.inference import ModelServer
from dropforge.cloud.sagemaker.fault_injection import BLANK_LINES

logger = logging.getLogger(__name__)

_MEBIBYTE = 1024 * 1024
_DEFAULT_PAYLOAD_MEBIBYTES = 6


class TransformError(Exception):
    """A request was refused; the message is what the job's log says."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def main(root: Path) -> int:
    """Run a transform job on root/input/data, into root/output/data.

    Returns
    -------
    0, or 1 with the cause in output/failure.
    """
    request = json.loads((root / "input" / "config" / "transform.json").read_text("utf-8"))
    try:
        _run(root, request)
    except JsonPathError as error:
        return _fail(root, "ClientError", error)
    except TransformError as error:
        return _fail(root, error.kind, error)
    except Exception as error:  # noqa: BLE001 - every end of a job is reported
        return _fail(root, "AlgorithmError", error)
    return 0


def _fail(root: Path, kind: str, error: Exception) -> int:
    logger.error("[sagemaker logs]: %s", error, exc_info=error)
    # The text goes to the log alone, as on AWS (aws/deep-learning-containers#586).
    (root / "output" / "failure").write_text(
        f"{kind}: See job logs for more information", encoding="utf-8"
    )
    return 1


def _run(root: Path, request: dict[str, Any]) -> None:
    source = root / "input" / "data"
    files = sorted(path for path in source.rglob("*") if path.is_file())
    server = ModelServer(root / "model")
    for file in files:
        name = file.relative_to(source).as_posix()
        target = root / "output" / "data" / f"{name}.out"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as output:
            for answer in _answers(server, file, name, request):
                output.write(answer)


def _answers(
    server: ModelServer, file: Path, name: str, request: dict[str, Any]
) -> Iterator[bytes]:
    """Yield the output of one object, request by request."""
    split = request["TransformInput"].get("SplitType", "None")
    assemble = request["TransformOutput"].get("AssembleWith", "None")
    limit = request.get("MaxPayloadInMB", _DEFAULT_PAYLOAD_MEBIBYTES) * _MEBIBYTE
    content_type = request["TransformInput"].get("ContentType")
    accept = request["TransformOutput"].get("Accept", "")
    blank = request.get(BLANK_LINES, False)
    processing = request.get("DataProcessing", {})
    row = Row.of(processing, content_type or "", accept)
    if row and split == "None":
        raise TransformError(
            "ClientError", "DataProcessing needs SplitType Line, so that there are records"
        )
    for payload in _payloads(file, split, request.get("BatchStrategy"), limit):
        if len(payload) > limit > 0:
            raise TransformError(
                "ClientError",
                f"{name}: a record of {len(payload)} bytes is over the maximum payload of "
                f"{limit // _MEBIBYTE} MB; raise MaxPayloadInMB or split the record",
            )
        sent = row.filter_input(payload) if row else payload
        response = server.invoke(sent, content_type, accept)
        if response.status not in (200, 204):
            kind = "ClientError" if response.status < 500 else "AlgorithmError"
            text = response.body.decode("utf-8", "replace")
            raise TransformError(
                kind, f"{name}: Bad HTTP status received from algorithm: {response.status}\n{text}"
            )
        answer = row.join(payload, response.body) if row else response.body
        yield answer
        if assemble == "Line" and answer and (blank or not answer.endswith(b"\n")):
            yield b"\n"


def _payloads(file: Path, split: str, strategy: str | None, limit: int) -> Iterator[bytes]:
    if split == "None":
        yield file.read_bytes()
        return
    if split != "Line":
        raise TransformError(
            "ClientError", f"this local container splits by Line or None, not by {split}"
        )
    with file.open("rb") as lines:
        if strategy == "SingleRecord":
            yield from lines
        elif limit == 0:
            yield from filter(None, [lines.read()])
        else:
            yield from _batches(lines, limit)


def _batches(lines: BinaryIO, limit: int) -> Iterator[bytes]:
    """Yield as many whole lines as ``limit`` bytes hold; one that is longer goes alone."""
    while len(payload := lines.read(limit + 1)) > limit:
        end = payload.rfind(b"\n", 0, limit) + 1
        if end:
            lines.seek(end - len(payload), os.SEEK_CUR)
            yield payload[:end]
        else:
            yield payload if payload.endswith(b"\n") else payload + lines.readline()
    if payload:
        yield payload
