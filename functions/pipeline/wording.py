"""Text of others, such as keys and names of columns, inside text of ours."""


def printable(text: str) -> str:
    r"""Show line breaks, control characters and the like as Python writes them: ``\n``."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
