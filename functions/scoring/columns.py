"""The columns of a file that is scored, beside those that the champion needs."""

from difflib import get_close_matches

from pipeline.documents.encoder import Encoder, columns_of
from pipeline.errors import ColumnMismatchError
from pipeline.notices import Notice, notice
from pipeline.wording import counted, listed, quoted

_SHOWN = 40


def named_columns(columns: list[str], header: bool, encoder: Encoder, file: str) -> list[str]:
    """Name a file's columns as the champion knows them.

    Where neither the file nor the one that trained has a header, columns are told by their
    position, those behind the target's one further on if the file lacks it.

    Raises
    ------
    ColumnMismatchError
        The number of columns fits neither, or only one of the files has a header.
    """
    known, target = encoder["columns"], encoder["target"]["name"]
    if header or encoder.get("header", True):
        return columns
    without = [name for name in known if name != target]
    for names in (known, without):
        if len(columns) == len(names):
            return names
    raise ColumnMismatchError(
        f"{file} has {counted(len(columns), 'column')} and no header; the approved model was "
        f"trained on {len(known)} columns without names, {quoted(target)} among them, so that a "
        f"file to score has {len(without)} or {len(known)}"
    )


def check_needed(columns: list[str], header: bool, encoder: Encoder, file: str) -> None:
    """Refuse a file that lacks columns.

    Raises
    ------
    ColumnMismatchError
        All that are missing are named.
    """
    missing = [name for name in columns_of(encoder["features"]) if name not in columns]
    if not missing:
        return
    if not header:
        raise ColumnMismatchError(
            f"{file} has no header that could be told from its rows; its first line must name the "
            f"columns, as the file that trained did: {listed(encoder['columns'], 20)}"
        )
    spare = {name.strip().lower(): name for name in columns if name not in encoder["columns"]}
    named = [f"{quoted(name)}{_hint(name, spare)}" for name in missing[:_SHOWN]]
    more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
    raise ColumnMismatchError(
        f"{file} lacks {counted(len(missing), 'column')} that the approved model needs: "
        f"{', '.join(named)}{more}. Its columns are {listed(columns, 20)}; add what is missing, "
        f"named as in the file that trained, and drop it again"
    )


def _hint(name: str, spare: dict[str, str]) -> str:
    near = get_close_matches(name.strip().lower(), list(spare), 1)
    return f" (is it {quoted(spare[near[0]])}?)" if near else ""


def extra_notices(columns: list[str], encoder: Encoder) -> list[Notice]:
    """Say which columns the champion does not know."""
    extra = [name for name in columns if name not in encoder["columns"]]
    if not extra:
        return []
    text = f"{listed(extra)}: unknown to the approved model, so kept and not used."
    return [notice("extra_columns", text)]
