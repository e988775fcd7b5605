"""Workers with the same code have one copy of it on the disk, and its bytecode.

ministack unpacks a function's code for each worker. The functions of a stack often have the same,
and of a whole folder of modules each worker would then write the files and compile what it
imports. On Lambda, too, /var/task is the same for all environments.
"""

import hashlib
import io
import shutil
import tempfile
import textwrap
import threading
import zipfile
from pathlib import Path

from dropforge.cloud.patches.replacing import change

_lock = threading.Lock()
_NAME = "code-"

_UNPACK = """\
    code_dir = os.path.join(self._tmpdir, "code")
    os.makedirs(code_dir)
    with open(os.path.join(self._tmpdir, "code.zip"), "wb") as f:
        f.write(self.code_zip)
    with zipfile.ZipFile(os.path.join(self._tmpdir, "code.zip")) as zf:
        zf.extractall(code_dir)
"""
# ministack adds a layer's packages to the code of a function in Node.js.
_SHARE = f"""\
    if runtime.startswith("python"):
        from dropforge.cloud.patches.functions.unpacked_code import folder_of
        code_dir = folder_of(self.code_zip)
    else:
{textwrap.indent(_UNPACK, "    ")}"""


def apply() -> None:
    """Unpack the code of functions in Python once."""
    from ministack.core import lambda_runtime

    change(lambda_runtime.Worker, "_spawn", "c55febf95656", _UNPACK, _SHARE)


def folder_of(code: bytes) -> str:
    """Return where the files of a zip lie, which are unpacked if they are not there yet.

    They stay as long as the cloud is up: a worker imports some of them late.
    """
    place = Path(tempfile.gettempdir(), f"{_NAME}{hashlib.sha256(code).hexdigest()}")
    with _lock:
        if not place.is_dir():
            draft = Path(tempfile.mkdtemp(prefix=_NAME))
            try:
                with zipfile.ZipFile(io.BytesIO(code)) as packed:
                    packed.extractall(draft)
                draft.rename(place)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
    return str(place)
