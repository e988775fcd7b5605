"""What a training job does."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

from dropforge.cloud.sagemaker import store
from dropforge.cloud.sagemaker.fault_injection import JobFault
from dropforge.cloud.sagemaker.jobs import sources, transfer
from dropforge.cloud.sagemaker.jobs.job import Job
from dropforge.cloud.sagemaker.jobs.outcomes import JobFailed, JobStopped
from dropforge.cloud.sagemaker.jobs.training.hosts import collective_of, shards_of

_MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Stopping": "Stopping the training job",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}
_CHECKPOINTS = "checkpoints"
_METRIC = re.compile(r"#011(train|validation)-([^:#]+):([^\s#]+)")
_LIVE_SECONDS = 86_400


class TrainingJob(Job):
    """Download the channels, train in a process a host, upload the model.

    Attributes
    ----------
    curves : what the job has told of each metric, as of "validation:rmse", a value a round.
    """

    records = store.training_jobs

    def __init__(self, record: dict[str, Any], fault: JobFault) -> None:
        super().__init__(record, fault)
        self.curves: dict[str, list[float]] = {}

    def set_status(self, status: str, secondary: str | None = None) -> None:
        """Change both statuses and note the transition."""
        secondary = secondary or status
        now = store.now()
        transitions = self.record["SecondaryStatusTransitions"]
        if not transitions or transitions[-1]["Status"] != secondary:
            if transitions:
                transitions[-1]["EndTime"] = now
            text = _MESSAGES[secondary]
            transitions.append({"Status": secondary, "StartTime": now, "StatusMessage": text})
        self.record["SecondaryStatus"] = secondary
        super().set_status(status, secondary)

    def work(self) -> None:
        """Run the job; see Job.work."""
        limit = self.record["StoppingCondition"].get("MaxRuntimeInSeconds", _LIVE_SECONDS)
        end = time.monotonic() + limit
        # A job that gets no capacity has no start; one that is slow is so while it is billed.
        if not self.fault.failure:
            self.record["TrainingStartTime"] = store.now()
        self.wait_for_fault(limit)
        s3 = transfer.client(self.record["RoleArn"], "SageMaker")
        self.set_status("InProgress", "Downloading")
        count = self.record["ResourceConfig"].get("InstanceCount", 1)
        hosts = {f"algo-{n}": self.root / f"algo-{n}" for n in range(1, count + 1)}
        self._download(s3, hosts)
        self.check_stopped()
        self.set_status("InProgress", "Training")
        environment = self.record.get("Environment", {})
        usable = self._with_data(hosts)
        self._configure(hosts, collective_of(list(usable)))
        try:
            left = end - time.monotonic()
            self.run_processes("train", usable, environment, left, self._hear)
        except JobStopped:
            self._upload(s3, hosts["algo-1"])
            raise
        finally:
            self._upload_checkpoints(s3, hosts)
        self.set_status("InProgress", "Uploading")
        master = next(
            root for root in usable.values() if any((root / "model").glob("xgboost-model*"))
        )
        self._upload(s3, master)

    def finish(self, status: str, secondary: str) -> None:
        """Note the times that are billed, and the last value of each metric."""
        self.record["FinalMetricDataList"] = [
            {"MetricName": name, "Value": values[-1], "Timestamp": int(store.now())}
            for name, values in self.curves.items()
        ]
        start = self.record.get("TrainingStartTime")
        if start is not None:
            seconds = max(1, round(store.now() - start))
            self.record["TrainingTimeInSeconds"] = seconds
            self.record["BillableTimeInSeconds"] = seconds * self.record["ResourceConfig"].get(
                "InstanceCount", 1
            )
        super().finish(status, secondary)

    def _download(self, s3: Any, hosts: dict[str, Path]) -> None:
        for channel in self.record.get("InputDataConfig", []):
            source = channel["DataSource"]["S3DataSource"]
            inputs = sources.inputs_of(s3, source, self.record["RoleArn"])
            shards = shards_of(inputs, list(hosts), source.get("S3DataDistributionType"))
            for host, root in hosts.items():
                folder = root / "input" / "data" / channel["ChannelName"]
                folder.mkdir(parents=True)
                for each in shards[host]:
                    sources.download(s3, each, folder)

        if "CheckpointConfig" in self.record:
            place = transfer.Location.of(self.record["CheckpointConfig"]["S3Uri"])
            for root in hosts.values():
                (root / _CHECKPOINTS).mkdir()
                for key in transfer.keys_below(s3, place):
                    target = root / _CHECKPOINTS / transfer.relative_path(key, place.key)
                    # XGBoost writes over a checkpoint where it lies: it must be a copy.
                    transfer.download(s3, place.bucket, key, target)

    def _upload_checkpoints(self, s3: Any, hosts: dict[str, Path]) -> None:
        """Store them at the end; AWS also does while the job trains."""
        if "CheckpointConfig" not in self.record:
            return
        place = transfer.Location.of(self.record["CheckpointConfig"]["S3Uri"].rstrip("/"))
        for root in hosts.values():
            for file in sorted((root / _CHECKPOINTS).iterdir()):
                transfer.upload(s3, file, place.bucket, f"{place.key}/{file.name}")

    def _with_data(self, hosts: dict[str, Path]) -> dict[str, Path]:
        """Leave out the hosts of several that have no data, as the container does."""
        if len(hosts) == 1:
            return hosts
        channels = [channel["ChannelName"] for channel in self.record["InputDataConfig"]]
        usable = {
            host: root
            for host, root in hosts.items()
            if all(any((root / "input" / "data" / name).rglob("*")) for name in channels)
        }
        if not usable:
            raise JobFailed("ClientError: No data in training channel of any instance")
        return usable

    def _configure(self, hosts: dict[str, Path], member_of: dict[str, dict[str, Any]]) -> None:
        channels = {
            channel["ChannelName"]: {
                "TrainingInputMode": channel.get(
                    "InputMode", self.record["AlgorithmSpecification"]["TrainingInputMode"]
                ).replace("FastFile", "File"),
                "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                    "S3DataDistributionType", "FullyReplicated"
                ),
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            }
            | ({"ContentType": channel["ContentType"]} if "ContentType" in channel else {})
            for channel in self.record.get("InputDataConfig", [])
        }
        for host, root in hosts.items():
            config = root / "input" / "config"
            config.mkdir(parents=True, exist_ok=True)
            (root / "output").mkdir(exist_ok=True)
            resources: dict[str, Any] = {"current_host": host, "hosts": list(member_of)}
            resources |= {"network_interface_name": "lo"}
            if len(member_of) > 1:
                resources["collective"] = member_of.get(host)
            beside = len(member_of) * self.record.get("_at_once", 1)
            if beside > 1:
                resources["threads"] = max(1, (os.cpu_count() or 1) // beside)
            _write(config / "hyperparameters.json", self.record.get("HyperParameters", {}))
            _write(config / "inputdataconfig.json", channels)
            _write(config / "resourceconfig.json", resources)
            if "CheckpointConfig" in self.record:
                local = {"LocalPath": str(root / _CHECKPOINTS)}
                checkpoints = self.record["CheckpointConfig"] | local
                _write(config / "checkpointconfig.json", checkpoints)

    def _hear(self, lines: list[str]) -> None:
        """Keep what the algorithm's metric definitions find in the log."""
        for line in lines:
            for split, metric, value in _METRIC.findall(line):
                self.curves.setdefault(f"{split}:{metric}", []).append(float(value))

    def _upload(self, s3: Any, root: Path) -> None:
        output = self.record["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        for folder, name in ((root / "model", "model"), (root / "output" / "data", "output")):
            archive = self.root / f"{name}.tar.gz"
            if not folder.is_dir() or not transfer.pack(folder, archive):
                continue
            uri = f"{output}/{self.name}/output/{name}.tar.gz"
            place = transfer.Location.of(uri)
            transfer.upload(s3, archive, place.bucket, place.key)
            if name == "model":
                self.record["ModelArtifacts"] = {"S3ModelArtifacts": uri}


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")
