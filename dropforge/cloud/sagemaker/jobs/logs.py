"""Write what a job printed to CloudWatch Logs, as SageMaker does."""

import time
from pathlib import Path

from ministack.services import cloudwatch_logs

_BATCH = 10_000


class LogStream:
    """One stream of a job: `<job>/algo-<host>-<milliseconds of its start>`."""

    def __init__(self, group: str, stream: str, file: Path) -> None:
        self.group = group
        self.stream = stream
        self.file = file
        self._position = 0
        self._rest = b""

    def pump(self, *, final: bool = False) -> list[str]:
        """Send the lines that the job has printed since the last call, and return them."""
        if not self.file.exists():
            return []
        with self.file.open("rb") as printed:
            printed.seek(self._position)
            new = printed.read()
        self._position += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        if final and self._rest:
            lines.append(self._rest)
            self._rest = b""
        texts = [line.decode("utf-8", "replace") for line in lines if line]
        self.write(texts)
        return texts

    def write(self, lines: list[str]) -> None:
        """Send lines of the platform itself."""
        if not lines:
            return
        if self.group not in cloudwatch_logs._log_groups:
            cloudwatch_logs._create_log_group({"logGroupName": self.group})
        streams = cloudwatch_logs._log_groups[self.group]["streams"]
        if self.stream not in streams:
            cloudwatch_logs._create_log_stream(
                {"logGroupName": self.group, "logStreamName": self.stream}
            )
        now = int(time.time() * 1000)
        for start in range(0, len(lines), _BATCH):
            cloudwatch_logs._put_log_events(
                {
                    "logGroupName": self.group,
                    "logStreamName": self.stream,
                    "logEvents": [
                        {"timestamp": now, "message": line}
                        for line in lines[start : start + _BATCH]
                    ],
                }
            )
