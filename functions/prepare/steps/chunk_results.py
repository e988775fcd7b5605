"""Part of step fit: what Profile found in each chunk, read back in the order of the file."""

from collections.abc import Iterator

from pipeline import layout
from pipeline.documents import kinds
from pipeline.documents.chunk_profile import ChunkProfile
from pipeline.documents.plan import ChunkRange, Plan
from pipeline.documents.run_files import CHUNKS, RunFiles, in_parallel
from pipeline.errors import FileLimitError
from pipeline.storage.damage import damaged
from table.limits import LARGEST_CHUNK_BYTES, MIB, PROFILES_LIMIT_BYTES

# A profile may have 256 MiB, so that not all are read at once.
_READ_AHEAD = 64
_GB = 1e9


def chunk_results(files: RunFiles, plan: Plan) -> Iterator[ChunkProfile]:
    """Yield the chunks' results in order, a few read ahead.

    Raises
    ------
    ArtefactError
        One is missing or of another chunk, or the manifest does not cover the file.
    FileLimitError
        All together are more than can be read in time.
    """
    manifest = _manifest(files, plan["source"]["size"])
    width = len(plan["columns"])
    kind = kinds.chunk_profile(width)
    if len(manifest) * kind.limit > PROFILES_LIMIT_BYTES:
        _check_size(files, plan)

    def read(chunk: ChunkRange) -> ChunkProfile:
        name = layout.note_name(layout.CHUNK_PROFILE, chunk["index"])
        found = files.read_json(CHUNKS, name, kind=kind)
        pieces = [found["outside"]["head"], found["inside"]["head"], found["body"]]
        if found["index"] != chunk["index"] or any(
            len(piece["columns"]) != width for piece in pieces if piece is not None
        ):
            raise damaged(
                files.uri(CHUNKS, name),
                kind.writer,
                f"is not of chunk {chunk['index']} or its columns",
            )
        return found

    for at in range(0, len(manifest), _READ_AHEAD):
        yield from in_parallel(read, manifest[at : at + _READ_AHEAD])


def _check_size(files: RunFiles, plan: Plan) -> None:
    begin = f"{CHUNKS}/{layout.CHUNK_PROFILE}"
    sizes = [size for name, size in files.sizes().items() if name.startswith(begin)]
    if sum(sizes) <= PROFILES_LIMIT_BYTES:
        return
    together, most = sum(sizes) / _GB, PROFILES_LIMIT_BYTES / _GB
    raise FileLimitError(
        f"{plan['file']}: the profiles of its {len(sizes):,} chunks, of {len(plan['columns']):,} "
        f"columns each, have {together:.1f} GB together, and one invocation reads {most:.1f} in "
        f"time; raise the stack's parameter ChunkSizeInMiB (at most "
        f"{LARGEST_CHUNK_BYTES // MIB}), or drop fewer columns or rows"
    )


def _manifest(files: RunFiles, size: int) -> list[ChunkRange]:
    """Read the list of chunks, which must cover the file: rows would be left out otherwise."""
    manifest, uri = files.read_document(kinds.MANIFEST), files.uri(layout.MANIFEST)
    ends = [0, *(chunk["end"] for chunk in manifest)]
    begun = [chunk["start"] for chunk in manifest] == ends[:-1]
    if not begun or [chunk["index"] for chunk in manifest] != list(range(len(manifest))):
        raise damaged(uri, kinds.MANIFEST.writer, "lists chunks with gaps between them")
    if ends[-1] != size:
        raise damaged(
            uri,
            kinds.MANIFEST.writer,
            f"ends at byte {ends[-1]:,} of a file of {size:,}",
        )
    return manifest
