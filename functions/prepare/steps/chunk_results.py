"""Part of step fit: what Profile found in each chunk, read back in the order of the file."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from pipeline import layout
from pipeline.documents import kinds, reading
from pipeline.documents.chunk_profile import ChunkProfile
from pipeline.documents.plan import ChunkRange, Plan
from pipeline.storage.bucket import Bucket
from pipeline.storage.damage import damaged

_READERS = 16


def chunk_results(bucket: Bucket, prefix: str, plan: Plan) -> Iterator[ChunkProfile]:
    """Yield the chunks' results in order, a few read ahead.

    Raises
    ------
    ArtefactError
        One is missing or of another chunk, or the manifest does not cover the file.
    """
    manifest = _manifest(bucket, prefix, plan["source"]["size"])
    width = len(plan["columns"])
    kind = kinds.chunk_profile(width)

    def read(chunk: ChunkRange) -> ChunkProfile:
        key = layout.join(prefix, "chunks", f"profile-{chunk['index']:05d}.json")
        found = reading.read_json(bucket, key, kind)
        pieces = [found["outside"]["head"], found["inside"]["head"], found["body"]]
        if found["index"] != chunk["index"] or any(
            len(piece["columns"]) != width for piece in pieces if piece is not None
        ):
            raise damaged(
                bucket.uri(key), kind.writer, f"is not of chunk {chunk['index']} or its columns"
            )
        return found

    if len(manifest) == 1:
        yield read(manifest[0])
        return
    with ThreadPoolExecutor(_READERS) as pool:
        for at in range(0, len(manifest), 4 * _READERS):
            yield from pool.map(read, manifest[at : at + 4 * _READERS])


def _manifest(bucket: Bucket, prefix: str, size: int) -> list[ChunkRange]:
    """Read the list of chunks, which must cover the file: rows would be left out otherwise."""
    key = layout.join(prefix, "manifest.json")
    manifest = reading.read_json(bucket, key, kinds.MANIFEST)
    ends = [0, *(chunk["end"] for chunk in manifest)]
    begun = [chunk["start"] for chunk in manifest] == ends[:-1]
    if not begun or [chunk["index"] for chunk in manifest] != list(range(len(manifest))):
        raise damaged(bucket.uri(key), kinds.MANIFEST.writer, "lists chunks with gaps between them")
    if ends[-1] != size:
        raise damaged(
            bucket.uri(key),
            kinds.MANIFEST.writer,
            f"ends at byte {ends[-1]:,} of a file of {size:,}",
        )
    return manifest
