"""One process that evaluates a made run twice: cold, then warm. Prints JSON."""

import json
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from bench.evaluate.folder_bucket import FolderBucket
from bench.evaluate.made_run import CHAMPION, PREFIX


class NoLogs:
    """CloudWatch Logs without the training job's group."""

    def filter_log_events(self, **_: Any) -> None:
        """Say that there is no such log group."""
        missing = {"Error": {"Code": "ResourceNotFoundException", "Message": "no group"}}
        raise ClientError(missing, "FilterLogEvents")


def main(folder: Path) -> None:
    """Evaluate twice."""
    begin = time.perf_counter()
    from evaluate.steps.evaluate import evaluate_run
    from pipeline.documents.run_files import RunFiles

    seconds = {"import": time.perf_counter() - begin}
    from pipeline.documents.state import Judged
    from pipeline.storage.bucket import Bucket

    files = RunFiles(Bucket(FolderBucket(folder), "bench"), PREFIX)
    model = folder / PREFIX / "model.tar.gz"
    # Sound, with a model of another format: its trees are not what is measured.
    with tarfile.open(model, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("xgboost-model"))
    event: Judged = {
        "champion": {
            "found": True,
            "model_package_arn": "arn",
            "run": "before",
            "encoder_key": f"{CHAMPION}/encoder.json",
        },
        "comparison": {"compared": True, "reason": ""},
        "explanation": {"explained": False, "reason": "it is not what is measured"},
        "trials": {"predicted": False, "reason": ""},
        "comparisons": {"count": 0, "suffixes": []},
        "fit": {
            "task": "regression",
            "target": "target",
            "chunks": "",
            "hyperparameters": {},
            "refit": False,
            "engine": "batch",
            "resource_config": {},
            "stopping_condition": {},
            "use_spot": False,
            "timeout_seconds": 0,
            "champion": {"usable": True, "reason": ""},
        },
        "execution": {},
        "training": {
            "job": "bench",
            "model_data": f"s3://bench/{PREFIX}/model.tar.gz",
            "described": {},
        },
    }
    for name in ("first", "second"):
        begin = time.perf_counter()
        result = evaluate_run(files, NoLogs(), event, "bench", "bench")
        seconds[name] = time.perf_counter() - begin
    report = (folder / PREFIX / "report.html").stat().st_size
    print(json.dumps({"seconds": seconds, "value": result["metric"]["value"], "report": report}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
