"""The encoder that goes before: the task and the names of classes go on from drop to drop."""

from pipeline.documents import kinds
from pipeline.documents.encoder import Encoder
from pipeline.documents.run_files import RunFiles
from pipeline.documents.state import Champion
from pipeline.errors import ArtefactError
from prepare.checks.champion import encoder_of


def known_encoder(files: RunFiles, champion: Champion, again: bool) -> Encoder | None:
    """Return the champion's encoder.

    Parameters
    ----------
    again : whether the run's model is trained. Then its own encoder stands, whoever is
        champion by now.

    Returns
    -------
    None if there is no champion, or its encoder is gone, damaged or of another version;
    what that means for the comparison is told by ``compare_champion``.
    """
    if again:
        return files.read_document(kinds.ENCODER)
    if champion.get("found") is not True:
        return None
    try:
        encoder = encoder_of(files.bucket, champion["encoder_key"])
    except ArtefactError:
        return None
    return None if isinstance(encoder, str) else encoder
