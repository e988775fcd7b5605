"""What has been seen of a drop whose execution has not begun, and what to make of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dropforge.client.execution.backlog import LogLookout, Lookout, Sight
from dropforge.client.execution.naming import lost_drops
from dropforge.client.stack import Stack
from pipeline.documents import kinds

NOTHING_SAID = "Waiting for the run to start"
_NEW_BUCKET = (
    "Waiting: S3 has not told of the file yet; the events of a new bucket begin after about "
    "five minutes"
)
_CLOCKS = timedelta(seconds=10)
"""How far this machine's clock may be ahead of the bucket's."""


@dataclass
class Wait:
    """A drop on its way to an execution.

    Parameters
    ----------
    key : of its object.
    pause : seconds between two looks, which cost calls.
    since : time of the last sign of it, in seconds of the caller's clock; first, of the drop.
    slow : seconds after which it is said that a new bucket is slow; None where it is not.
    dropped : when it was dropped.
    """

    stack: Stack
    key: str
    lookout: Lookout
    pause: float
    since: float
    slow: float | None = None
    dropped: datetime = field(default_factory=lambda: datetime.now(UTC))
    _seen: Sight = field(default_factory=Sight)
    _looked: float | None = None
    _event_seen: bool = False

    def look(self, now: float) -> str | None:
        """Look for a sign of it, if the last look is long enough ago.

        Returns
        -------
        The name under which a message tells that it was lost; None if none does.
        """
        if self._looked is not None and now - self._looked < self.pause:
            return None
        sight = self.lookout.look(self.key)
        if self._seen.is_known and not sight.is_known:
            # What answered a while ago is too busy to answer now, so the drop may well wait.
            self.since, self._looked = now, now
            return None
        if sight.event or (sight != self._seen and (sight.handled or sight.failed)):
            self.since, self._event_seen = now, True
        self._seen, self._looked = sight, now
        return None if sight.event else self._lost()

    def _lost(self) -> str | None:
        """Return the message of TriggerFunction's last failure: it does not know the run's name."""
        source = f"File: s3://{self.stack.bucket}/{self.key}"
        for known in lost_drops(self.stack):
            if known.began < self.dropped - _CLOCKS:
                continue
            told = self.stack.read_document(known.run, kinds.MESSAGE)
            if told and told.get("sent") is not None and source in told["text"].splitlines():
                return known.run
        return None

    def note(self, now: float) -> str:
        """Say in plain words what it waits for."""
        seen = self._seen
        if seen.event == "queued" and seen.before:
            drops = "1 drop" if seen.before == 1 else f"{seen.before:,} drops"
            return f"Waiting: {drops} before this one"
        if seen.event == "queued":
            return "Waiting: this drop is the next"
        if seen.event == "running" or seen.handled == "started":
            return "Starting the run"
        if seen.failed:
            return f"Waiting: TriggerFunction failed and is tried again ({seen.failed})"
        if self.slow is not None and now - self.since > self.slow:
            return _NEW_BUCKET
        return NOTHING_SAID

    def turn(self) -> str | None:
        """Say that its execution, which is there, waits for its turn; None if it does not."""
        queued = self._seen.executions
        if not queued:
            return None
        runs = "1 run waits" if queued == 1 else f"{queued:,} runs wait"
        return f"Waiting for its turn: {runs}"

    def account(self) -> str:
        """Say exactly what was seen of it and what was not, and what to do next."""
        is_stored, line = self._is_stored(), self._line()
        checks = {
            f"the file in s3://{self.stack.bucket}/{self.key}": is_stored,
            "its event at TriggerFunction": self._event_seen or line is not None,
            "a log line of TriggerFunction about it": line is not None,
            "an execution": False,
            "a message": False,
        }
        seen = ", ".join(what for what, was_seen in checks.items() if was_seen) or "nothing"
        missed = ", ".join(what for what, was_seen in checks.items() if not was_seen)
        more = "" if self._seen.is_known else " (what waits could not be asked)"
        said = [f"The line says: {line}"] if line else []
        told = [f"Seen: {seen}.", f"Not seen: {missed}{more}.", *said]
        return "\n".join([*told, self._next(is_stored, line)])

    def _is_stored(self) -> bool:
        answer = self.stack.client("s3").list_objects_v2(
            Bucket=self.stack.bucket, Prefix=self.key, MaxKeys=1
        )
        # The keys come in order, so the exact one is the first.
        return any(item["Key"] == self.key for item in answer.get("Contents", []))

    def _line(self) -> str | None:
        seen = self._seen
        if self.stack.ask:
            seen = LogLookout(self.stack).look(self.key)
        return seen.failed or seen.handled

    def _next(self, is_stored: bool, line: str | None) -> str:
        if not is_stored:
            return "The file is not there any more: drop it again."
        if line is not None:
            return "The log group of TriggerFunction tells more; then drop the file again."
        if self.stack.environment.is_local:
            return (
                "Drop the file again; `dropforge status` says where the local cloud keeps "
                "cloud.log, which may say what became of the event."
            )
        return (
            "If the bucket is new, its events begin about five minutes after the deployment: "
            "drop the file again then. Else look into the queue of undelivered events (output "
            "UndeliveredQueueUrl), and whether the bucket still sends to EventBridge."
        )
