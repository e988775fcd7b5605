"""What was measured of large files, as Markdown; docs/scale.md has this very table."""

from typing import Any

from bench.scale.tables import bytes_of, table


def of_large(found: list[dict[str, Any]]) -> str:
    """Return time, bytes and the memory of each kind of process."""
    kinds = sorted({kind for one in found for kind in one["peaks_mib"]})
    return table(
        [
            ("File", *(bytes_of(one["bytes"]) for one in found)),
            ("Rows", *(f"{one['rows']:,}" for one in found)),
            ("Upload, generated meanwhile", *(f"{one['upload_seconds']:.0f} s" for one in found)),
            ("Run", *(f"{one['seconds']:.0f} s" for one in found)),
            ("In the bucket afterwards", *(bytes_of(sum(one["stored"].values())) for one in found)),
            ("State transitions", *(f"{one['transitions']}" for one in found)),
            *(
                (
                    f"Most memory of {kind}",
                    *(f"{one['peaks_mib'].get(kind, 0):,.0f} MiB" for one in found),
                )
                for kind in kinds
            ),
        ]
    )
