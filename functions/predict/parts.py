"""The test rows, part by part, as a model predicts them: what a batch transform job would write."""

from collections.abc import Callable, Iterator

from pipeline.documents import kinds
from pipeline.documents.run_files import RunFiles
from pipeline.storage.damage import damaged
from predict.summary import parsed
from scoring.booster import Ensemble, lines

BLOCK_CELLS = 2_000_000
"""Features, or predicted numbers, of as many rows as are read at once: as Python's texts and
numbers some 200 MB."""
_READ = 1 << 20


def predict_parts(
    files: RunFiles, source: str, target: str, model: Ensemble, is_late: Callable[[], bool]
) -> bool:
    """Write the predictions of each part, in the container's words.

    Parameters
    ----------
    source, target : folders of the run, of the parts and of their predictions.
    is_late : asked after each block of rows.

    Returns
    -------
    Whether all parts are predicted; it became too late, if not.

    Raises
    ------
    ArtefactError
        A part is missing, damaged, or of other features than the model.
    """
    for name in files.names(source):
        body = []
        for block in _blocks(files, source, name, model):
            body.append(_predicted(files, source, name, model, block))
            if is_late():
                return False
        files.bucket.put(files.key(target, f"{name}.out"), b"".join(body), "text/plain")
    return True


def _blocks(files: RunFiles, source: str, name: str, model: Ensemble) -> Iterator[list[bytes]]:
    """Yield some lines of a part at a time."""
    most, rest = max(1, BLOCK_CELLS // max(model.features, model.outputs)), b""
    kept: list[bytes] = []
    with files.open(source, name, kind=kinds.TEST) as stream:
        while read := stream.read(_READ):
            *found, rest = (rest + read).split(b"\n")
            if len(rest) > kinds.LINE_LIMIT:
                uri, writer = files.uri(source, name), kinds.TEST.writer
                raise damaged(uri, writer, f"has a line of more than {kinds.LINE_LIMIT:,} bytes")
            kept += found
            while len(kept) >= most:
                yield kept[:most]
                kept = kept[most:]
    kept += [rest] if rest else []
    if kept:
        yield kept


def _predicted(
    files: RunFiles, source: str, name: str, model: Ensemble, block: list[bytes]
) -> bytes:
    try:
        return lines(model.predict(parsed(block, model.features)))
    except ValueError as error:
        uri, writer = files.uri(source, name), kinds.TEST.writer
        raise damaged(uri, writer, f"is not as expected ({error})") from error
