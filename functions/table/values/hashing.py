"""Hashes that are the same everywhere and always."""

import hashlib

import polars as pl


def mix(words: pl.Series) -> pl.Series:
    """Hash 64-bit words (splitmix64's finaliser, Steele et al. 2014); stable for ever."""
    words = words.cast(pl.UInt64)
    words = (words ^ (words // (1 << 30))) * 0xBF58476D1CE4E5B9
    words = (words ^ (words // (1 << 27))) * 0x94D049BB133111EB
    return words ^ (words // (1 << 31))


def text_hash(text: str, seed: int) -> int:
    """Hash a text to 64 bits, the same everywhere and always."""
    digest = hashlib.blake2b(text.encode(), digest_size=8, salt=seed.to_bytes(8, "little"))
    return int.from_bytes(digest.digest(), "little")
