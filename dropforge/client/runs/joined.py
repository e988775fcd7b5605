"""A run's table of predictions: what it is made of, and how it is made of that."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dropforge.client.runs.downloads import deleted, download, go_on, tags_of
from dropforge.client.runs.predictions import Target, write_table
from dropforge.client.stack import Stack
from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.encoder import Encoder
from pipeline.documents.scoring import decision
from scoring.decision import Decision


@dataclass(frozen=True)
class Sources:
    """What a table is made of; of equal sources the same table is made.

    Parameters
    ----------
    parts : of each its name, and the keys of its truth and its predictions.
    tags : ETags of these, None where there is no such object.
    """

    encoder: Encoder
    decided: decision.Decision | None
    parts: Sequence[tuple[str, str, str]]
    tags: Sequence[str | None]


def sources_of(stack: Stack, run: str, decision_key: str | None) -> Sources:
    """Look up what a run's table is made of.

    Raises
    ------
    RunUnknownError
        It was deleted.
    """
    prefix = layout.prefix_of(run)
    encoder_key, truth = layout.join(prefix, layout.ENCODER), f"{prefix}/data/truth/"
    decided = stack.read_json(decision_key, kinds.DECISION) if decision_key else None
    encoder, tags = stack.read_json(encoder_key, kinds.ENCODER), tags_of(stack, truth)
    if encoder is None or not tags:
        raise deleted(stack.bucket, encoder_key if encoder is None else truth)
    names = [(key.rsplit("/", 1)[-1], key) for key in tags]
    parts = [(name, key, layout.join(prefix, "predictions", f"{name}.out")) for name, key in names]
    tags |= tags_of(stack, f"{prefix}/predictions/")
    own = [tags.get(key) for _, *keys in parts for key in keys]
    return Sources(encoder, decided, parts, own)


def write_joined(
    stack: Stack, sources: Sources, out: IO[bytes], check: Callable[[], None] = go_on
) -> None:
    """Write the table.

    Parameters
    ----------
    check : called before each object and part; what it raises ends the whole.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        keys = [key for _, *keys in sources.parts for key in keys]
        local = {key: folder / f"{index}" for index, key in enumerate(keys)}
        places = [(stack.bucket, *item) for item in local.items()]
        download(stack.client("s3"), places, check)
        parts = _read(((name, local[t], local[p]) for name, t, p in sources.parts), check)
        target = Target.of_encoder(sources.encoder, Decision.of_document(sources.decided))
        write_table(target, parts, out)


def _read(
    parts: Iterable[tuple[str, Path, Path]], check: Callable[[], None]
) -> Iterator[tuple[str, bytes, bytes]]:
    for name, truth, predictions in parts:
        check()
        yield name, truth.read_bytes(), predictions.read_bytes()
