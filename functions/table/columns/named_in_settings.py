"""The columns that pipeline.json names, looked up among those of the file."""

from difflib import get_close_matches

from pipeline import drop_keys
from pipeline.documents.plan import MissingValues
from pipeline.errors import SettingsError, TargetMissingError
from pipeline.new_rows import how_to_score
from pipeline.settings import Settings
from pipeline.wording import listed, quoted, shorten

_EVERYWHERE = "*"


def target_column(columns: list[str], settings: Settings, file: str, dataset: str) -> str | None:
    """Return the target's column as the settings name it; None if they name none.

    Raises
    ------
    TargetMissingError
    """
    asked: str | None = settings.get("target")
    if asked is None:
        return None
    found = _find(asked, columns)
    if found is None:
        near = get_close_matches(asked.lower(), [column.lower() for column in columns], 3)
        nearest = [column for column in columns if column.lower() in near][:3]
        meant = f"; did you mean {listed(nearest)}?" if nearest else "."
        raise TargetMissingError(
            f'target {quoted(asked)} is no column of {file}{meant} Set "target" in '
            f"{drop_keys.settings_key(dataset)}, or run with --target COLUMN; the columns are "
            f"{listed(columns, 20)}. If these are new rows to be predicted, "
            f"{how_to_score(dataset, file)}"
        )
    return found


def _find(asked: str, columns: list[str]) -> str | None:
    """Return the column of that name, blanks at its ends not counted."""
    return asked if asked in columns else next((c for c in columns if c == asked.strip()), None)


def as_in_file(names: list[str], columns: list[str]) -> list[str]:
    """Return names as the file has them, blanks at their ends not counted."""
    return [_find(name, columns) or name for name in names]


def kept_columns(settings: Settings, columns: list[str]) -> list[str]:
    """Return the columns that are trained on whatever they look like."""
    return as_in_file(settings["keep_columns"], columns)


def check_columns(
    columns: list[str], target: str, settings: Settings, file: str, dataset: str
) -> tuple[int | None, int | None]:
    """Check the other columns that the settings name.

    Returns
    -------
    The positions of the columns of times and of groups by which the file is split, None
    where there is none.

    Raises
    ------
    SettingsError
        One is no column of the file, or the target.
    """
    split = settings["split"]
    named = {
        "id_columns": settings["id_columns"],
        "drop_columns": settings["drop_columns"],
        "keep_columns": kept_columns(settings, columns),
        "split.time_column": [split["time_column"]] if "time_column" in split else [],
        "split.group_column": [split["group_column"]] if "group_column" in split else [],
    }
    named = {setting: as_in_file(names, columns) for setting, names in named.items()}
    for setting, names in named.items():
        _check_names(setting, names, columns, file)
        if target in names and settings.get("target") is None:
            raise SettingsError(
                f"{setting} in pipeline.json names {quoted(target)}, which is all that {file} has "
                f'for a target; add the target, or set "target" in '
                f"{drop_keys.settings_key(dataset)}. If these are new rows to be predicted, "
                f"{how_to_score(dataset, file)}"
            )
        if target in names:
            raise SettingsError(
                f"{setting} in pipeline.json names the target, {quoted(target)}; take it out there"
            )
    _check_kept(named)
    time, group = (
        next((columns.index(name) for name in named[f"split.{by}_column"]), None)
        for by in ("time", "group")
    )
    return time, group


def _check_kept(named: dict[str, list[str]]) -> None:
    for setting in ("id_columns", "drop_columns", "split.group_column"):
        if both := [name for name in named["keep_columns"] if name in named[setting]]:
            raise SettingsError(
                f"keep_columns and {setting} in pipeline.json both name {listed(both)}, which "
                f"cannot be trained on and not; take it out of one of them"
            )


def missing_values(columns: list[str], settings: Settings, file: str) -> MissingValues | None:
    """Return what the settings say stands for a missing value; None if they say nothing.

    Raises
    ------
    SettingsError
        A list is of no column of the file.
    """
    said = settings["missing_values"]
    if not said:
        return None
    by_column = said if isinstance(said, dict) else {_EVERYWHERE: said}
    texts = {name: [str(value).strip() for value in values] for name, values in by_column.items()}
    everywhere = texts.pop(_EVERYWHERE, [])
    _check_names("missing_values", list(texts), columns, file)
    named = dict(zip(as_in_file(list(texts), columns), texts.values(), strict=True))
    return {"everywhere": everywhere, "columns": named}


def _check_names(setting: str, names: list[str], columns: list[str], file: str) -> None:
    absent = [name for name in as_in_file(names, columns) if name not in columns]
    if absent:
        raise SettingsError(
            f"{setting} in pipeline.json names {listed(absent)}, no column of {file}; its "
            f"columns are {shorten(listed(columns, 20), 1000)}"
        )


def trained_on(columns: list[str], target: str, settings: Settings) -> list[int]:
    """Return the positions of the columns that the settings do not keep from training."""
    kept = as_in_file([*settings["id_columns"], *settings["drop_columns"]], columns)
    return [at for at, name in enumerate(columns) if name not in (target, *kept)]
