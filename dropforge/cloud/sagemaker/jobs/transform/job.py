"""What a batch transform job does."""

import json
from pathlib import Path
from typing import Any

from dropforge.cloud.sagemaker import model_registry, models, store
from dropforge.cloud.sagemaker.fault_injection import BLANK_LINES
from dropforge.cloud.sagemaker.jobs import sources, transfer
from dropforge.cloud.sagemaker.jobs.job import Job
from dropforge.cloud.sagemaker.jobs.outcomes import JobFailed

_LIVE_SECONDS = 86_400 * 28


class TransformJob(Job):
    """Download objects and model, predict in one process, upload the answers."""

    records = store.transform_jobs

    def work(self) -> None:
        """Run the job; see Job.work."""
        self.wait_for_fault()
        model = models.find(self.record["ModelName"])
        first = model.get("PrimaryContainer") or model["Containers"][0]
        container = model_registry.container_of(first)
        s3 = transfer.client(model["ExecutionRoleArn"], "SageMaker")
        given = self.record["TransformInput"]
        source = given["DataSource"]["S3DataSource"]
        inputs = sources.inputs_of(s3, source, model["ExecutionRoleArn"])
        for each in inputs:
            folder = self.root / "input" / "data"
            sources.download(s3, each, folder, given["CompressionType"])
        self._fetch_model(s3, container)
        self.check_stopped()
        self.record["TransformStartTime"] = store.now()
        config = self.root / "input" / "config"
        config.mkdir(parents=True)
        request = {**self.record, BLANK_LINES: self.fault.blank_lines}
        (config / "transform.json").write_text(json.dumps(request), encoding="utf-8")
        environment = container.get("Environment", {}) | self.record.get("Environment", {})
        environment["SAGEMAKER_BATCH"] = "True"
        hosts = {self.root.name: self.root}
        self.run_processes("transform", hosts, environment, _LIVE_SECONDS, lambda _lines: None)
        self._upload(s3, [each.name for each in inputs])

    def _fetch_model(self, s3: Any, container: dict[str, Any]) -> None:
        if "ModelDataUrl" not in container:
            raise JobFailed("ClientError: the model names no ModelDataUrl")
        place = transfer.Location.of(container["ModelDataUrl"])
        archive = self.root / "model.tar.gz"
        transfer.download(s3, place.bucket, place.key, archive)
        transfer.unpack(archive, self.root / "model")

    def _upload(self, s3: Any, names: list[str]) -> None:
        output = transfer.Location.of(self.record["TransformOutput"]["S3OutputPath"].rstrip("/"))
        folder = self.root / "output" / "data"
        for name in names:
            key = "/".join(part for part in (output.key, f"{name}.out") if part)
            transfer.upload(s3, Path(folder, f"{name}.out"), output.bucket, key)
