"""The model, kept from one invocation to the next: a chunk is often quicker than its download."""

from typing import Any

from pipeline.documents import kinds
from pipeline.storage.damage import damaged, present
from pipeline.storage.objects import ObjectStream
from scoring.archive import ModelArchiveError, ModelTooLargeError
from scoring.booster import Ensemble

_kept: dict[tuple[str, str], Ensemble] = {}
"""By address and ETag; one at most, since a model may have as much memory as there is for it."""


def loaded_model(client: Any, uri: str, features: int) -> Ensemble:
    """Return the model at an address, loaded anew only if it is another.

    Parameters
    ----------
    client : a boto3 S3 client.
    uri : s3:// address of a model.tar.gz.
    features : how many the encoder makes.

    Raises
    ------
    ArtefactError
        It is not there, damaged, too large, or of other features.
    """
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    writer = kinds.MODEL.writer
    with present(uri, writer):
        known = (uri, client.head_object(Bucket=bucket, Key=key)["ETag"])
    if known not in _kept:
        _kept.clear()
        with present(uri, writer), ObjectStream(client, bucket, key) as archive:
            try:
                _kept[known] = Ensemble.of_archive(archive)
            except ModelArchiveError as error:
                raise damaged(uri, writer, f"is no archive of a model: {error}") from error
            except ModelTooLargeError as error:
                raise damaged(uri, writer, f"cannot be loaded: {error}") from error
    model = _kept[known]
    if model.features != features:
        raise damaged(
            uri, writer, f"has {model.features:,} features, and the encoder makes {features:,}"
        )
    return model
