"""What was measured, as Markdown; docs/performance.md has these very tables."""

import statistics
from collections.abc import Iterable
from typing import Any

_SHARE = 0.01
"""Of a drop, below which a state is not told of."""


def of_sizes(found: dict[str, Any]) -> str:
    """Return a table with a line a size."""
    lines = ["| Rows | File | Drop | Script | Times | More |", "|---|---|---|---|---|---|"]
    for size in found["sizes"]:
        drop, script = _median(size["drops"], "seconds"), _median(size["scripts"], "seconds")
        lines.append(
            f"| {size['rows']:,} | {size['bytes'] / 1e6:.1f} MB | {drop:.1f} s | {script:.1f} s "
            f"| {drop / script:.2f} | {drop - script:+.1f} s |"
        )
    return "\n".join(lines)


def of_cold(cold: dict[str, Any]) -> str:
    """Return a sentence of the first drop of a cloud that has just started."""
    drop, script = _median(cold["drops"], "seconds"), _median(cold["scripts"], "seconds")
    return (
        f"The first drop after `dropforge up`, {cold['rows']:,} rows: {drop:.1f} s, the script "
        f"{script:.1f} s ({drop - script:+.1f} s)."
    )


def of_size(size: dict[str, Any]) -> str:
    """Return where the time of one size goes, and the most memory that processes had."""
    drops, scripts = size["drops"], size["scripts"]
    drop, script = _median(drops, "seconds"), _median(scripts, "seconds")
    around = drop - _median(drops, "execution")
    head = (
        f"{size['rows']:,} rows, {len(drops)} pairs, AUC {_median(drops, 'auc'):.4f}, script "
        f"{_median(scripts, 'auc'):.4f}"
    )
    told = {name: s for name, s in _medians(drops, "states").items() if s >= _SHARE * drop}
    return "\n".join(
        [
            head,
            "",
            f"| Drop | {drop:.2f} s | Script | {script:.2f} s |",
            "|---|---|---|---|",
            *_beside(
                [("before and after the execution", around), *_largest_first(told)],
                list(_medians(scripts, "steps").items()),
                "{:.2f} s",
            ),
            "",
            "| Most memory of | | | |",
            "|---|---|---|---|",
            *_beside(
                _largest_first(_medians(drops, "peaks_mib")),
                [("script", _median(scripts, "peak_mib"))],
                "{:,.0f} MiB",
            ),
        ]
    )


def _largest_first(named: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(named.items(), key=lambda one: -one[1])


def _beside(
    left: list[tuple[str, float]], right: list[tuple[str, float]], form: str
) -> Iterable[str]:
    for number in range(max(len(left), len(right))):
        cells = [
            f"{column[number][0]} | {form.format(column[number][1])}"
            if number < len(column)
            else " | "
            for column in (left, right)
        ]
        yield f"| {cells[0]} | {cells[1]} |"


def _median(measured: list[dict[str, Any]], name: str) -> float:
    return float(statistics.median(one[name] for one in measured))


def _medians(measured: list[dict[str, Any]], name: str) -> dict[str, float]:
    names = {key: None for one in measured for key in one[name]}
    return {key: statistics.median(one[name].get(key, 0.0) for one in measured) for key in names}
