"""Feature importance from the model file, without loading xgboost.

xgboost takes 0.9 s and 120 MB to import, of which nothing but the tree
statistics would be used. Its model format is documented and kept stable
(xgboost, "Introduction to Model IO", JSON schema); UBJSON is ubjson.org's
draft 12, of which xgboost writes objects, arrays, strings, numbers and
strongly typed arrays.
"""

import json
import struct
import tarfile
from collections import defaultdict
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

MEMBER = "xgboost-model"
MAX_BYTES = 1024**3
_NUMBERS = {
    "i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8",
}  # fmt: skip
_CONSTANTS = {"Z": None, "T": True, "F": False}


class ModelFormatError(Exception):
    """The model file is none whose trees can be read here."""


@dataclass(frozen=True)
class Model:
    """What the report tells of a model."""

    version: str
    """The xgboost release that wrote it."""
    trees: int
    gain: dict[int, float]
    """Mean gain of the splits on each feature, by index; for a linear model |weight|."""
    splits: dict[int, int]
    """How many splits use each feature."""


def read_model(archive: IO[bytes]) -> Model:
    """Read a model.tar.gz.

    Raises
    ------
    ModelFormatError
        The archive lacks the model, or it is too large or in another format.
    """
    try:
        with tarfile.open(fileobj=archive, mode="r|gz") as tar:
            for member in tar:
                if member.name.removeprefix("./") == MEMBER and member.isfile():
                    return parse_model(_content(tar, member))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ModelFormatError(f"model.tar.gz cannot be read ({error})") from error
    raise ModelFormatError(f"model.tar.gz has no member {MEMBER}")


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    if member.size > MAX_BYTES:
        raise ModelFormatError(f"the model has {member.size:,} bytes, more than {MAX_BYTES:,}")
    stream = tar.extractfile(member)
    return stream.read() if stream else b""


def parse_model(content: bytes) -> Model:
    """Read an xgboost model saved as JSON or UBJSON."""
    try:
        # In JSON a quote or white space follows the brace, in UBJSON a length's type.
        is_json = content[1:2] in (b'"', b" ", b"\n")
        document = json.loads(content) if is_json else _Reader(content).value()
        booster = document["learner"]["gradient_booster"]
        version = ".".join(str(number) for number in document["version"])
        if booster["name"] == "gblinear":
            return _linear(booster, document["learner"]["learner_model_param"], version)
        # DART keeps its trees one level deeper.
        trees = (booster.get("gbtree") or booster)["model"]["trees"]
    except (LookupError, TypeError, ValueError, struct.error) as error:
        raise ModelFormatError(f"{MEMBER} is no xgboost model in JSON or UBJSON") from error
    return _trees(trees, version)


def _trees(trees: list[Any], version: str) -> Model:
    total: dict[int, float] = defaultdict(float)
    splits: dict[int, int] = defaultdict(int)
    for tree in trees:
        inner = np.asarray(tree["left_children"]) != -1
        features = np.asarray(tree["split_indices"])[inner]
        gains = np.asarray(tree["loss_changes"], dtype=np.float64)[inner]
        for feature, gain in zip(features.tolist(), gains.tolist(), strict=True):
            total[feature] += gain
            splits[feature] += 1
    gain = {feature: total[feature] / splits[feature] for feature in total}
    return Model(version, len(trees), gain, dict(splits))


def _linear(booster: Any, parameters: Any, version: str) -> Model:
    features = int(parameters["num_feature"])
    weights = np.asarray(booster["model"]["weights"], dtype=np.float64)
    # One row a feature, one column an output, the biases last.
    table = np.abs(weights.reshape(features + 1, -1)[:-1]).mean(axis=1)
    return Model(version, 0, dict(enumerate(table.tolist())), {})


class _Reader:
    """Reads one UBJSON value."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def value(self) -> Any:
        return self._of(self._marker())

    def _marker(self) -> str:
        self._at += 1
        return chr(self._content[self._at - 1])

    def _of(self, marker: str) -> Any:
        if marker == "{":
            return self._object()
        if marker == "[":
            return self._array()
        if marker in _CONSTANTS:
            return _CONSTANTS[marker]
        if marker in "SH":
            return self._text()
        if marker == "C":
            return self._marker()
        return self._numbers(marker, 1)[0].item()

    def _numbers(self, marker: str, count: int) -> Any:
        if marker not in _NUMBERS:
            raise ValueError(f"no UBJSON marker: {marker!r}")
        numbers = np.frombuffer(self._content, _NUMBERS[marker], count, self._at)
        self._at += numbers.nbytes
        return numbers

    def _text(self) -> str:
        size = int(self._of(self._marker()))
        if size < 0:
            raise ValueError("a text of negative length")
        self._at += size
        return self._content[self._at - size : self._at].decode()

    def _object(self) -> dict[str, Any]:
        found = {}
        while self._peek() != "}":
            name = self._text()
            found[name] = self.value()
        self._at += 1
        return found

    def _array(self) -> Any:
        kind = count = None
        if self._peek() == "$":
            self._at += 1
            kind = self._marker()
        if self._peek() == "#":
            self._at += 1
            count = int(self._of(self._marker()))
            if kind in _NUMBERS:
                return self._numbers(kind, count)
            return [self._of(kind or self._marker()) for _ in range(count)]
        found = []
        while self._peek() != "]":
            found.append(self.value())
        self._at += 1
        return found

    def _peek(self) -> str:
        return chr(self._content[self._at])
