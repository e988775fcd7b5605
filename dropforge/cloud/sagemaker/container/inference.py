"""Answer requests as the container's model server does.

Follows sagemaker_xgboost_container/algorithm_mode/serve.py, serve_utils.py and
encoder.py with SAGEMAKER_BATCH set, as batch transform sets it.
"""

import csv
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from scipy.sparse import csr_matrix

from dropforge.cloud.sagemaker.container import data

logger = logging.getLogger(__name__)

_ACCEPTS = (
    "application/json",
    "application/jsonlines",
    "application/x-recordio-protobuf",
    "text/csv",
)
_SNIFFED = 512
_PLAIN = b"0123456789+-.eE,\n"
_LARGE = 1 << 19
"""Bytes of a request from which it pays to import polars: 0.1 s, of 0.15 s for a megabyte."""


@dataclass(frozen=True)
class Response:
    """What the server answers to one request."""

    status: int
    body: bytes


class ModelServer:
    """The model of a folder, ready to predict."""

    def __init__(self, model_dir: Path) -> None:
        files = [path for path in sorted(model_dir.iterdir()) if path.is_file()]
        files = [path for path in files if not path.name.startswith(".")]
        if not files:
            raise RuntimeError(f"no model file in {model_dir}")
        self.boosters = [_load(path) for path in files]

    def invoke(self, payload: bytes, content_type: str | None, accept: str) -> Response:
        """Answer one POST to /invocations.

        Parameters
        ----------
        content_type : None of a request without that header, which is taken for libsvm.

        Returns
        -------
        200 with a line a prediction; 204 for an empty request; 415 for a
        payload that cannot be read; 400 when the model cannot predict on it;
        406 for an answer's type that the container does not have.
        """
        if not payload:
            return Response(204, b"")
        try:
            matrix = parse(payload, content_type)
        except Exception as error:
            logger.exception("a request cannot be read")
            return Response(415, str(error).encode())
        try:
            predictions = self._predict(matrix)
        except Exception as error:
            logger.exception("a request cannot be predicted")
            return Response(400, f"Unable to evaluate payload provided: {error}".encode())
        if accept and accept != "*/*" and accept.split(";")[0].lower() not in _ACCEPTS:
            return Response(
                406,
                f"Accept type {accept} is not supported. "
                f"Please use supported accept types: {list(_ACCEPTS)}.".encode(),
            )
        # Under batch transform the server writes lines whatever type is accepted.
        return Response(200, ("\n".join(map(str, predictions.tolist())) + "\n").encode())

    def _predict(self, matrix: Any) -> Any:
        each = [booster.predict(matrix, validate_features=False) for booster in self.boosters]
        # Several files are an ensemble; a mean of one would lose float32's short digits.
        return each[0] if len(each) == 1 else np.mean(each, axis=0)


def _load(path: Path) -> Any:
    booster = xgboost.Booster()
    booster.load_model(bytearray(path.read_bytes()))
    booster.set_param({"nthread": 1})
    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    logger.info("Model objective : %s", objective)
    return booster


def parse(payload: bytes, content_type: str | None) -> Any:
    """Read a request's body.

    Raises
    ------
    UserError, RuntimeError : it is of no known type, or cannot be read as one.
    """
    kind = data.content_type_of(content_type)
    if kind not in _READERS:
        raise RuntimeError(f"Content-type {content_type} is not supported by the local cloud.")
    try:
        return _READERS[kind](payload.strip().decode("utf-8"))
    except Exception as error:
        raise RuntimeError(
            f"Loading {kind} data failed with Exception, please ensure data is in {kind} format:\n"
            f" {type(error)}\n {error}"
        ) from error


def _csv_matrix(text: str) -> Any:
    sniffed = csv.Sniffer().sniff(text.partition("\n")[0][:_SNIFFED]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    logger.info("Determined delimiter of CSV input is '%s'", delimiter)
    large = len(text) > _LARGE and delimiter == ","
    numbers = _plain_numbers(text) if large else None
    if numbers is None:
        rows = [[cell or "nan" for cell in line.split(delimiter)] for line in text.split("\n")]
        numbers = np.array(rows).astype(float)
    return xgboost.DMatrix(numbers)


def _plain_numbers(text: str) -> Any:
    """Return the doubles of decimals with commas between, NaN where nothing stands.

    None if there is anything else, which is read, or refused, cell by cell as by the container.
    """
    # A small job would wait for nothing but this.
    import polars as pl

    width = text.partition("\n")[0].count(",") + 1
    body = text.encode()
    if width == 1 or body.translate(None, _PLAIN):
        return None
    # Polars fills a line that is too short, and cuts off a comma too many: of other lines the mark
    # is no number, or beyond the last column, which both are errors.
    ended = body.replace(b"\n", b",$\n") + b",$\n"
    numbers = {str(number): pl.Float64 for number in range(width)}
    try:
        frame = pl.read_csv(
            ended, has_header=False, schema={**numbers, "end": pl.String}, quote_char=None
        )
    except pl.exceptions.ComputeError:
        return None
    return frame.drop("end").to_numpy()


def _libsvm_matrix(text: str) -> Any:
    """Return a sparse matrix, whose absent features are missing, not 0.

    Blanks alone part the cells; a tab makes a value that is no number. Rows after the last that
    has a feature are lost.
    """
    cells: list[tuple[int, list[str]]] = [
        (number, cell.split(":"))
        for number, line in enumerate(text.split("\n"))
        for cell in line.split(" ")
        if ":" in cell
    ]
    rows = np.array([number for number, _ in cells])
    columns = np.array([int(parts[0]) for _, parts in cells])
    values = np.array([parts[1] for _, parts in cells]).astype(float)
    # Indexes may count from one.
    if cells and columns.min() >= 1:
        columns = columns - 1
    return xgboost.DMatrix(csr_matrix((values, (rows, columns))))


_READERS = {"csv": _csv_matrix, "libsvm": _libsvm_matrix}
