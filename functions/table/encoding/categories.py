"""The categories of a column: which spellings are one, and the features that they become."""

from dataclasses import replace

import polars as pl

from pipeline.documents.encoder import Feature
from pipeline.notices import Notice, notice
from pipeline.wording import listed, quoted
from table.columns.kind import Column
from table.limits import ONE_HOT_LIMIT
from table.values.spellings import FALSE, TRUE

_SHOWN = 2


def folded(values: pl.Series) -> pl.Series:
    """Write texts as those that differ only in case have in common."""
    return values.str.to_lowercase()


def join_spellings(column: Column) -> tuple[Column, list[Notice]]:
    """Count texts that differ only in case as one category, called by the commonest of them."""
    if column.kind != "category" or not column.counts:
        return column, []
    texts = sorted(column.counts, key=lambda text: (-column.counts[text], text))  # type: ignore[index]
    groups: dict[str, list[str]] = {}
    for text, key in zip(texts, folded(pl.Series(texts, dtype=pl.String)), strict=True):
        groups.setdefault(key, []).append(text)
    joined = [same for same in groups.values() if len(same) > 1]
    if not joined:
        return column, []
    counts = {same[0]: sum(column.counts[text] for text in same) for same in groups.values()}
    constant = len(counts) == 1 and not column.missing
    shown = "; ".join(f"{listed(same, 3)} as {quoted(same[0])}" for same in joined[:_SHOWN])
    more = f" and {len(joined) - _SHOWN} more" if len(joined) > _SHOWN else ""
    text = (
        f"Column {quoted(column.name)}: texts that differ only in case are one category (to keep "
        f'them apart, set "distinct_labels" to true in pipeline.json): {shown}{more}.'
    )
    kind = "constant" if constant else column.kind
    one = replace(column, kind=kind, counts=counts, distinct=len(counts))
    return one, [notice("same_categories", text)]


def category_features(column: Column, counts: dict[str, int], *, fold: bool) -> list[Feature]:
    """Return the features of a category or boolean.

    Parameters
    ----------
    fold : whether a cell is known however its case is.
    """
    name = column.name
    # Most frequent first; equal counts by name, so that chunks cannot change the order.
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    if column.kind == "boolean":
        true = sorted(value for value in ranked if value.lower() in TRUE)
        false = sorted(value for value in ranked if value.lower() in FALSE)
        made: list[Feature] = [
            {"name": name, "column": name, "encoding": "boolean", "true": true, "false": false}
        ]
    elif len(ranked) == 2:
        low, high = ranked
        made = [
            {
                "name": f"{name}={high}",
                "column": name,
                "encoding": "boolean",
                "true": [high],
                "false": [low],
            }
        ]
    elif len(ranked) <= ONE_HOT_LIMIT:
        made = [
            {"name": f"{name}={v}", "column": name, "encoding": "one_hot", "category": v}
            for v in ranked
        ]
    else:
        made = [{"name": name, "column": name, "encoding": "frequency_rank", "categories": ranked}]
    return [{**feature, "folded": True} for feature in made] if fold else made
