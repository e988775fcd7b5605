"""What was measured, and what follows from it, as Markdown; docs/scale.md has these very tables."""

from collections.abc import Callable, Iterable
from typing import Any

from bench.scale import cost, quotas
from bench.scale.growth import Size, size_of
from bench.scale.measured import JOBS

_LARGE = (10**10, 10**11, 10**12)
_COSTS = (10**6, 10**8, 10**9, 10**10, 10**11, 10**12)
_LEAST_SECONDS = 0.3
"""Of a state in the largest run, below which it is not told of."""


def all_of(found: dict[str, Any]) -> list[str]:
    """Return every table."""
    return [
        of_runs(found), of_memory(found), of_training(found), of_chunk(found), of_profiles(found),
        of_sizes(found), of_quotas(found), of_costs(found), of_prices(),
    ]  # fmt: skip


def of_runs(found: dict[str, Any]) -> str:
    """Return what each size took: counts, and seconds of the larger states."""
    runs = found["runs"]
    last = runs[-1]["tasks"]
    large = sorted(last, key=lambda name: -last[name]["seconds"])
    lines: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("Rows", lambda run: f"{run['file_rows']:,}"),
        ("File", lambda run: bytes_of(run["bytes"])),
        ("Invocations", lambda run: f"{_sum(run, 'invocations'):.0f}"),
        ("Executions, with the Maps' children", lambda run: f"{run['executions']}"),
        ("State transitions", lambda run: f"{run['transitions']}"),
        ("Events of the history", lambda run: f"{run['events']}"),
        ("Largest data of a state", lambda run: f"{run['payload_bytes'] / 1024:.1f} KiB"),
        ("S3: put, copy, list", lambda run: f"{size_of(found, run['bytes']).puts}"),
        ("S3: get, head", lambda run: f"{size_of(found, run['bytes']).gets}"),
        ("Seconds of functions", lambda run: f"{_sum(run, 'seconds'):.1f}"),
        *((f"Processor seconds of {name}", _processor_seconds_of(name)) for name in JOBS),
        *(
            (f"Seconds of {name}", _seconds_of(name))
            for name in large
            if last[name]["seconds"] >= _LEAST_SECONDS
        ),
    ]
    return table([(title, *map(of, runs)) for title, of in lines])


def _processor_seconds_of(name: str) -> Callable[[dict[str, Any]], str]:
    def of(run: dict[str, Any]) -> str:
        seconds = run["job_processor_seconds"].get(name)
        return "" if seconds is None else f"{seconds:.2f}"

    return of


def _seconds_of(name: str) -> Callable[[dict[str, Any]], str]:
    def of(run: dict[str, Any]) -> str:
        task = run["tasks"].get(name)
        return "" if task is None else f"{task['seconds']:.2f}"

    return of


def of_memory(found: dict[str, Any]) -> str:
    """Return the most memory that each kind of process had."""
    runs = found["runs"]
    last = runs[-1]["peaks_mib"]
    names = sorted(last, key=lambda name: -last[name])
    return table(
        [
            ("Most memory of, in MiB", *(bytes_of(run["bytes"]) for run in runs)),
            *((name, *(f"{run['peaks_mib'].get(name, 0):,.0f}" for run in runs)) for name in names),
        ]
    )


def of_training(found: dict[str, Any]) -> str:
    """Return what a training job's rows take."""
    head = ("Rows that it holds", "Features", "Missing", "Memory", "Bytes a row")
    lines = [
        (
            f"{one['rows']:,}",
            f"{one['features']}",
            f"{one['missing']} %",
            f"{one['mib']:,.0f} MiB",
            f"{one['bytes_a_row']:.0f}",
        )
        for one in found["training"]
    ]
    return table([head, *lines])


def of_chunk(found: dict[str, Any]) -> str:
    """Return what a chunk takes that has the machine for itself."""
    one = found["chunk"]
    head = (f"A chunk of {bytes_of(one['bytes'])} alone", "Seconds", "Processor")
    lines = [
        (name, f"{one[name]['seconds']:.2f} s", f"{one[name]['processor_seconds']:.2f} s")
        for name in ("profile", "encode")
    ]
    return table([head, *lines])


def of_profiles(found: dict[str, Any]) -> str:
    """Return what Fit takes to read and merge chunks' profiles."""
    head = ("Chunks of 13 columns", "Processor", "A chunk", "Memory")
    lines = [
        (
            f"{one['chunks']:,}",
            f"{one['processor_seconds']:.1f} s",
            f"{one['processor_seconds'] / one['chunks'] * 1000:.1f} ms",
            f"{one['mib']:.0f} MiB",
        )
        for one in found["profiles"]
    ]
    return table([head, *lines])


def of_sizes(found: dict[str, Any]) -> str:
    """Return what large files would take."""
    sizes = [size_of(found, size) for size in _LARGE]
    lines: list[tuple[str, Callable[[Size], str]]] = [
        ("File", lambda size: bytes_of(size.bytes)),
        ("Rows", lambda size: _millions(size.rows)),
        ("Chunks of 64 MiB", lambda size: f"{size.chunks:,}"),
        ("Invocations", lambda size: f"{size.invocations:,}"),
        ("State transitions", lambda size: f"{size.transitions:,}"),
        ("S3: put, copy, list", lambda size: f"{size.puts:,}"),
        ("S3: get, head", lambda size: f"{size.gets:,}"),
        ("GB-seconds of functions", lambda size: f"{size.function_seconds * 3008 / 1024:,.0f}"),
        ("Maps, ten invocations at once", lambda size: _duration(_maps(size) / 10)),
        ("Fit encoder", lambda size: _duration(size.tasks["Fit encoder"])),
        ("Memory of the training", lambda size: f"{size.training_gib:,.0f} GiB or more"),
        ("Instance that holds it", lambda size: size.instance or "several"),
        ("Training, 50 rounds, two processors", lambda size: _duration(size.tasks[JOBS[0]])),
        ("Batch transform", lambda size: _duration(size.tasks[JOBS[2]])),
    ]
    return table([(title, *map(of, sizes)) for title, of in lines])


def _maps(size: Size) -> float:
    return size.tasks["Profile chunk"] + size.tasks["Encode chunk"]


def of_quotas(found: dict[str, Any]) -> str:
    """Return each quota, how far large files are from it, and what happens past it."""
    sizes = [size_of(found, size) for size in _LARGE]
    head = ("Quota", "Limit", *map(bytes_of, _LARGE), "Passed at", "Then")
    lines = [
        (
            quota.what,
            quota.limit,
            *(quota.form(quota.of(size)) for size in sizes),
            _passed(found, quota),
            quota.then,
        )
        for quota in quotas.QUOTAS
    ]
    return table([head, *lines])


def _passed(found: dict[str, Any], quota: quotas.Quota) -> str:
    at = quotas.passed_at(lambda size: quota.of(size_of(found, size)), quota.most)
    return "never" if at is None else bytes_of(at)


def of_costs(found: dict[str, Any]) -> str:
    """Return what a run costs by size, beside other ways."""
    sizes = [size_of(found, size) for size in _COSTS]
    items = [cost.cost_of(size) for size in sizes]
    return table(
        [
            ("USD", *map(bytes_of, _COSTS)),
            *((name, *(_usd(one[name]) for one in items)) for name in items[0]),
            ("**A run**", *(f"**{_total(one)}**" for one in items)),
            ("S3 beside that, a month of file and run", *(_usd(cost.kept(size)) for size in sizes)),
            ("AWS's sample, the same rows", *(_usd(cost.of_sample(size)) for size in sizes)),
            ("The jobs' work in functions", *(_usd(cost.without_jobs(size)) for size in sizes)),
        ]
    )


def of_prices() -> str:
    """Return each price with its source."""
    units = {
        "lambda_gb_second": "Lambda, a GB-second",
        "lambda_request": "Lambda, a request",
        "transition": "Step Functions, a state transition",
        "s3_put": "S3, a PUT, COPY, POST or LIST",
        "s3_get": "S3, a GET or HEAD",
        "s3_gb_month": "S3 Standard, a GB-month",
        "logs_gb": "CloudWatch Logs, a GB taken in",
        "metric_month": "CloudWatch, a custom metric's month",
        "sns_email": "SNS, an email",
        "transform_instance": "SageMaker, batch transform",
        "training_volume": "SageMaker, the training's volume",
        "xray_trace": "X-Ray, a trace",
    }
    lines = [
        (title, _price(cost.PRICES[name]["usd"]), cost.PRICES[name]["source"])
        for name, title in units.items()
    ]
    return table([("Price, us-east-1", "USD", "Source"), *lines])


def _price(usd: float | None) -> str:
    return "?" if usd is None else f"{usd:.10f}".rstrip("0")


def _sum(run: dict[str, Any], name: str) -> float:
    return float(sum(one[name] for one in run["functions"].values()))


def _usd(usd: float | None) -> str:
    if usd is None:
        return "-"
    return f"{usd:.4f}" if usd < 1 else f"{usd:,.2f}"


def _total(items: dict[str, float | None]) -> str:
    return _usd(cost.total(items)) + (" and the training" if None in items.values() else "")


def bytes_of(size: float) -> str:
    """Return a size in decimal units, as a person writes it."""
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if size >= unit * 0.9995:
            found = size / unit
            return f"{found:.0f} {name}" if found >= 100 else f"{found:.3g} {name}"
    return f"{size / 1e3:.0f} kB"


def _millions(rows: float) -> str:
    return f"{rows / 1e6:,.0f} million"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"


def table(lines: Iterable[tuple[str, ...]]) -> str:
    """Return lines of cells as a table; the first is its head."""
    rows = [f"| {' | '.join(line)} |" for line in lines]
    width = rows[0].count(" | ") + 1
    return "\n".join([rows[0], "|" + "---|" * width, *rows[1:]])
