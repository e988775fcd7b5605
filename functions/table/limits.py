"""Limits of a file, and of what is counted, encoded and divided of it.

docs/prepare.md lists those that people meet. A limit that one module alone needs is in that module:
columns/kind.py has what makes a kind of column, columns/identifiers.py what makes an identifier.
"""

MIB = 1 << 20

# A record (with all line breaks inside its quotes) must fit in memory beside its chunk.
RECORD_LIMIT_BYTES = 16 * MIB
# Wide files cost a JSON object a column and chunk; Excel, for comparison, stops at 16,384.
COLUMN_LIMIT = 16_384
# A gzip, UTF-16 or UTF-32 file has no ranges: Plan writes a plain UTF-8 copy first, and a
# Lambda function has 15 minutes for it (unpacking alone: 370 MB/s measured).
UNPACKED_LIMIT_BYTES = 20 * 1024 * MIB
SAMPLE_BYTES = MIB
# A Map's result lists its children's, "1," each, and ends at 256 KiB though it is not kept
# (Step Functions developer guide, ResultWriter).
MOST_CHUNKS = 100_000
# As ChunkSizeInMiB allows: what an invocation reads, it has in memory several times.
LARGEST_CHUNK_BYTES = 128 * MIB
# Fit reads 20 MB/s of profiles (python -m bench.scale) and has 900 s, some 300 of them to learn
# from the rows that train.
PROFILES_LIMIT_BYTES = 8 * 1024 * MIB

# Values are counted exactly up to this many different ones a column, and above it estimated
# from the smallest hashes (Bar-Yossef et al. 2002; relative error about 1/sqrt(SKETCH_SIZE)).
EXACT_DISTINCT = 1000
EXACT_DISTINCT_BYTES = 64 * 1024
SKETCH_SIZE = 512
TIME_BUCKETS = 4096

ONE_HOT_LIMIT = 12
CLASS_LIMIT = 500
CARRIED_IDENTIFIERS = 3
# Classes with at most this many rows, and whole files, are divided exactly; larger ones by hash.
EXACT_SPLIT_ROWS = 100_000
MINIMUM_ROWS = 10
# A class of at least this many rows is in all three splits.
STRATIFIED_ROWS = 3
BAD_ROW_SHARE = 0.5
BAD_LINES_SHOWN = 5
