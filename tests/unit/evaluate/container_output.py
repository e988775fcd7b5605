"""What SageMaker's container leaves of a training or a transform."""

import io
import tarfile
from typing import Any

import xgboost


def log_lines(history: dict[str, dict[str, list[float]]]) -> list[str]:
    """Write the training history as SageMaker XGBoost does."""
    name = list(history["train"])[-1]
    pairs = zip(history["train"][name], history["validation"][name], strict=True)
    return ["[2026-11-22:10:15:42:INFO] Imported framework sagemaker_xgboost_container"] + [
        f"[{i}]#011train-{name}:{a:.5f}#011validation-{name}:{b:.5f}"
        for i, (a, b) in enumerate(pairs)
    ]


def archive(booster: xgboost.Booster, fmt: str = "ubj") -> bytes:
    """Pack a model as SageMaker does."""
    model, out = bytes(booster.save_raw(fmt)), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        member = tarfile.TarInfo("xgboost-model")
        member.size = len(model)
        tar.addfile(member, io.BytesIO(model))
    return out.getvalue()


def prediction_lines(predicted: Any) -> str:
    """Write predictions as batch transform does."""
    if predicted.ndim == 1:
        return "".join(f"{value!s}\n" for value in predicted.tolist())
    return "".join(f"{row}\n" for row in predicted.tolist())


def packed(members: dict[str, bytes]) -> bytes:
    """Pack files into a tar.gz."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return out.getvalue()
