"""Whether a file has the columns that an encoder needs.

No step asks this yet: training makes its encoder from the file itself, and a champion's is
compared in prepare/checks. Scoring new rows with a champion will; the state machine knows the
error already.
"""

from pipeline.documents.encoder import Encoder
from pipeline.errors import ColumnMismatchError
from pipeline.notices import Notice, notice
from pipeline.wording import listed


def check_columns(encoder: Encoder, columns: list[str], file: str) -> list[Notice]:
    """Compare a file's columns with an encoder's; their order does not matter.

    Returns
    -------
    A warning if the file has columns that the encoder does not know.

    Raises
    ------
    ColumnMismatchError
        A column that the features need is missing; the message names it.
    """
    needed = list(dict.fromkeys(feature["column"] for feature in encoder["features"]))
    missing = [name for name in needed if name not in columns]
    added = [name for name in columns if name not in encoder["columns"]]
    if missing:
        also = f"; it has {listed(added)} instead" if added else ""
        raise ColumnMismatchError(
            f"{file} lacks {'column' if len(missing) == 1 else 'columns'} {listed(missing)} that "
            f"the model was trained on{also}; name its columns as in training: {listed(needed, 20)}"
        )
    if not added:
        return []
    text = f"{file} has {listed(added)}, which the model does not know; ignored."
    return [notice("added_columns", text)]
