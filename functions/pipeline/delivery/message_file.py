"""The message.json of a run, which several functions write at the same time.

Each write names the version that it changes; if another came first, the change
is made anew on what that one wrote (S3 user guide, Conditional writes).
"""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, cast

from pipeline import layout
from pipeline.documents.message import Message
from pipeline.storage.conditional import put_if_unchanged


class MessageFile:
    """One run's message.json, as it was last seen.

    Parameters
    ----------
    s3 : a boto3 client.
    """

    def __init__(self, s3: Any, bucket: str, run: str) -> None:
        self._s3 = s3
        self._place = {
            "Bucket": bucket,
            "Key": layout.run_key(run, layout.MESSAGE),
        }
        self._etag = ""
        self._document: Message | None = None

    @property
    def document(self) -> Message:
        """What was there when it was last read or written."""
        if self._document is None:
            self.read()
        return cast(Message, self._document)

    def create(self, document: Message) -> bool:
        """Write the first version; return False, with what is there read, if there is one."""
        if self._put(document):
            return True
        self.read()
        return False

    def read(self) -> None:
        """Look at what is there now."""
        found = self._s3.get_object(**self._place)
        self._document, self._etag = json.loads(found["Body"].read()), found["ETag"]

    def edit(self, change: Callable[[Message], bool]) -> bool:
        """Change the document as it is now.

        Parameters
        ----------
        change : alters the document that it is given and returns True, or returns
            False to leave it; called again whenever another write came first.

        Returns
        -------
        What `change` returned last.
        """
        while True:
            document = deepcopy(self.document)
            if not change(document):
                return False
            if self._put(document):
                return True
            self.read()

    def _put(self, document: Message) -> bool:
        written = put_if_unchanged(
            self._s3,
            self._etag,
            **self._place,
            Body=json.dumps(document, ensure_ascii=False).encode(),
            ContentType="application/json",
        )
        if written is None:
            return False
        self._document, self._etag = document, written
        return True
