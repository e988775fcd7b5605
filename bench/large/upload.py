"""Uploads a file that is generated meanwhile, so that it is nowhere as a whole."""

from collections.abc import Callable
from typing import Any

from bench.prepare.generate import pieces


def upload(s3: Any, bucket: str, key: str, rows: int, short: Callable[[], str]) -> int:
    """Upload so many rows in parts, one a piece, and return the bytes.

    Parameters
    ----------
    short : says what has run out, if anything has; then the upload is given up.
    """
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key, ContentType="text/csv")["UploadId"]
    where = {"Bucket": bucket, "Key": key, "UploadId": upload}
    parts, size = [], 0
    for number, piece in enumerate(pieces(rows), start=1):
        tag = s3.upload_part(**where, PartNumber=number, Body=piece)["ETag"]
        parts.append({"PartNumber": number, "ETag": tag})
        size += len(piece)
        if short():
            s3.abort_multipart_upload(**where)
            return size
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    return size
