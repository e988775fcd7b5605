"""Step plan of a file that is scored: what the file is, and whether it has all columns."""

from typing import Any

from pipeline import drop_keys
from pipeline.documents import kinds, reading
from pipeline.documents.encoder import Encoder, columns_of
from pipeline.documents.plan import Plan
from pipeline.documents.scoring.plan import PlannedScoring, ScoringPlan
from pipeline.documents.state import Champion
from pipeline.errors import ModelMissingError
from prepare.checks.champion import encoder_of
from prepare.steps.asked import Request, write_request
from prepare.steps.dropped import find_drop, settings_of
from prepare.steps.text import Text, head_of, ranges_of, readable
from scoring.columns import check_needed, named_columns

_SETTINGS = ("scoring", "reasons")
_ENDIAN = {b"\xff\xfe": "le", b"\xfe\xff": "be"}


def plan_scoring(client: Any, request: Request, champion: Champion) -> PlannedScoring:
    """Write request.json, plan.json, scoring.json and the manifest of byte ranges.

    Parameters
    ----------
    champion : as the state Find champion answers.

    Returns
    -------
    The state machine's new input.

    Raises
    ------
    DropNameError, SettingsError, EmptyFileError, NotCsvError, FileLimitError,
    ColumnMismatchError, ModelMissingError
    ArtefactError
        The champion's decision is gone or damaged: with others' its predictions would be others.
    """
    dropped = find_drop(
        request.dropped_in(client), request.drop["key"], request.drop.get("version_id")
    )
    source = dropped.source
    dataset = request.drop.get("dataset") or drop_keys.scored_of(source.key).dataset
    settings = settings_of(source.bucket, request.drop.get("settings"), dataset)
    files = request.files(client)
    encoder = encoder_of(files.bucket, champion["encoder_key"])
    if isinstance(encoder, str):
        raise ModelMissingError(
            f"the approved model of {dataset} cannot be used: {encoder} Train it anew: drop its "
            f"training file again"
        )
    name = source.key.rsplit("/", 1)[-1]
    text, notices = readable(files, source, name)
    plan = _plan(text, name, encoder)
    plan["notices"] = [*notices, *plan["notices"]]
    files.write_document(kinds.PLAN, plan)
    scoring = _scoring(text, champion, dict(settings))
    if key := champion.get("decision_key"):
        scoring["decision"] = reading.read_json(files.bucket, key, kinds.DECISION)
    files.write_document(kinds.SCORING, scoring)
    files.write_document(kinds.MANIFEST, ranges_of(plan, request.chunk_bytes))
    return {**write_request(files, request, dropped, dataset, settings), "champion": champion}


def _plan(text: Text, name: str, encoder: Encoder) -> Plan:
    source = text.source
    head, data_start = head_of(text, name, columns_of(encoder["features"]))
    columns = named_columns(head.columns, head.header, encoder, name)
    check_needed(columns, head.header, encoder, name)
    target = encoder["target"]["name"]
    plan: Plan = {
        "source": {
            "bucket": source.bucket.name,
            "key": source.key,
            "version_id": source.version_id,
            # No footer is looked for: what is as wide as a row is predicted as one.
            "size": source.size,
        },
        "file": name,
        "dialect": head.dialect.to_json(),
        "header": head.header,
        "columns": columns,
        "data_start": data_start,
        "skip_lines": head.skip_lines,
        "target": target if target in columns else "",
        "target_by": "settings",
        "time_index": None,
        "group_index": None,
        # That there is no header is as it was when the model was trained.
        "notices": [said for said in head.notices if said["code"] != "no_header"],
        "header_records": head.header_records,
        "number_columns": head.number_columns,
    }
    if (missing := encoder.get("missing_values")) is not None:
        plan["missing_values"] = missing
    if head.commented is not None:
        plan["commented"] = head.commented
    return plan


def _scoring(text: Text, champion: Champion, settings: dict[str, object]) -> ScoringPlan:
    written, mark = text.original, False
    if written in ("utf-16", "utf-32"):
        # Python's codecs of these names write a mark of the machine's own order.
        mark = True
        order = _ENDIAN.get(text.first[:2]) or "be"
        written = f"{written}-{order}"
    return {
        "champion": champion,
        "settings": {name: settings[name] for name in _SETTINGS if name in settings},
        "written": written,
        "mark": mark,
        "packed": text.packed,
        "size": text.source.size,
    }
