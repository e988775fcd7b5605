"""What the types of documents say is what their schemas say."""

import json
from pathlib import Path
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from evaluate.output import evaluation_json
from pipeline import documents, vocabulary
from pipeline.documents.chunk_profile import (
    ChunkProfile,
    ColumnProfile,
    Dates,
    Lines,
    MergedProfile,
    Numbers,
    ReadingProfile,
    Repeats,
    RowsProfile,
    Timeline,
)
from pipeline.documents.encoder import Encoder, Feature, TargetFacts, ValueTable
from pipeline.documents.evaluation import Evaluation
from pipeline.documents.fit import Chunk, DigestRule, Fit, FoldMeans, Folds
from pipeline.documents.model_part import Explanation
from pipeline.documents.notes import ChunkRows, PartsNote
from pipeline.documents.plan import ChunkRange, DialectFacts, Plan, Request
from pipeline.documents.profile import Profile, SplitPart
from pipeline.documents.search.found import Found, Start
from pipeline.documents.search.searched import Searched, Trial
from pipeline.settings import SCHEMA_FILE

ROOT = Path(__file__).parents[2]
STEPS = json.loads(Path(documents.__file__).with_name("documents.schema.json").read_text())
EVALUATION = json.loads(
    Path(evaluation_json.__file__).with_name("evaluation.schema.json").read_text()
)
SETTINGS = json.loads(SCHEMA_FILE.read_text())
TYPES: dict[str, Any] = {
    "dialect": DialectFacts,
    "plan": Plan,
    "range": ChunkRange,
    "chunk": Chunk,
    "request": Request,
    "target": TargetFacts,
    "feature": Feature,
    "encoder": Encoder,
    "digests": DigestRule,
    "value_table": ValueTable,
    "fit": Fit,
    "folds": Folds,
    "fold_means": FoldMeans,
    "note": PartsNote,
    "rows": ChunkRows,
    "explanation": Explanation,
    "found": Found,
    "start": Start,
    "trial": Trial,
    "search": Searched,
    "profile": Profile,
    "split": SplitPart,
    "repeats": Repeats,
    "numbers": Numbers,
    "dates": Dates,
    "timeline": Timeline,
    "column_profile": ColumnProfile,
    "lines": Lines,
    "piece": RowsProfile,
    "reading": ReadingProfile,
    "chunk_profile": ChunkProfile,
}
# Written for people and for what may come, and not read by any step.
UNCHECKED = {
    "encoder": {"dropped", "header", "dialect"},
    "profile": {"rows", "dialect", "header", "bad_rows", "dropped_rows", "records"},
    "note": {"index"},
}


@pytest.mark.parametrize("name", TYPES)
def test_type_has_what_the_schema_of_its_document_has(name: str) -> None:
    kind, schema = TYPES[name], STEPS["definitions"][name]
    assert set(kind.__annotations__) | inherited(kind) == {
        *schema["properties"],
        *UNCHECKED.get(name, ()),
    }
    assert kind.__required_keys__ == set(schema["required"])


def inherited(kind: Any) -> set[str]:
    return set(kind.__required_keys__ | kind.__optional_keys__)


def test_type_of_an_evaluation_is_its_schema_all_the_way_down() -> None:
    assert list(differences(Evaluation, EVALUATION, "evaluation")) == []


def differences(kind: Any, schema: dict[str, Any], path: str) -> Any:
    """Yield where a type and a schema name other properties, or require others."""
    schema = resolved(schema)
    for part in members(kind):
        if is_typeddict(part) and schema.get("properties"):
            names = set(schema["properties"])
            if inherited(part) != names:
                yield path, sorted(inherited(part) ^ names)
            if set(part.__required_keys__) - set(schema.get("required", ())):
                yield (
                    path,
                    "required",
                    sorted(set(part.__required_keys__) - set(schema["required"])),
                )
            hints = get_type_hints(part)
            for name in names & set(hints):
                yield from differences(hints[name], schema["properties"][name], f"{path}.{name}")
        elif get_origin(part) is list and "items" in schema:
            yield from differences(get_args(part)[0], schema["items"], f"{path}[]")


def members(kind: Any) -> list[Any]:
    """Return the parts of a union that are no None; plots differ by task and are left out."""
    if get_origin(kind) is NotRequired:
        kind = get_args(kind)[0]
    parts = (
        get_args(kind) if isinstance(kind, type(int | str)) or get_origin(kind) is Union else [kind]
    )
    known = [part for part in parts if part is not type(None)]
    return known if len(known) == 1 else []


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    for choice in ("oneOf", "anyOf"):
        found = [each for each in schema.get(choice, ()) if each.get("type") != "null"]
        if len(found) == 1:
            schema = found[0]
    if "$ref" in schema:
        schema = EVALUATION["definitions"][schema["$ref"].rpartition("/")[2]]
    return schema


def test_words_of_the_schemas_are_those_of_the_vocabulary() -> None:
    metrics = {name for names in vocabulary.METRICS.values() for name in names}
    request = STEPS["definitions"]["request"]["properties"]["settings"]["properties"]
    assert set(request["metric"]["enum"]) == metrics
    assert set(SETTINGS["properties"]["metric"]["enum"]) == metrics
    verdict = EVALUATION["properties"]["verdict"]["properties"]
    assert set(verdict["outcome"]["enum"]) == set(vocabulary.APPROVAL)
    assert set(verdict["approval_status"]["enum"]) == set(vocabulary.APPROVAL.values())
    comparison = EVALUATION["properties"]["comparison"]["properties"]
    words = {
        "obstacle": vocabulary.Obstacle,
        "finding": vocabulary.Finding,
        "data": vocabulary.DataAge,
    }
    for name, word in words.items():
        assert set(comparison[name]["enum"]) == {*get_args(word), None}
    splits = set(get_args(vocabulary.SplitBy))
    assert set(EVALUATION["properties"]["split"]["oneOf"][0]["properties"]["by"]["enum"]) == splits
    assert set(STEPS["definitions"]["split"]["properties"]["by"]["enum"]) == splits
    method = STEPS["definitions"]["fit"]["properties"]["method"]["properties"]
    assert set(method["by"]["enum"]) == splits
    assert set(STEPS["definitions"]["target"]["properties"]["task"]["enum"]) == set(
        vocabulary.TASKS
    )


def test_every_warning_code_is_given_somewhere() -> None:
    code = "\n".join(
        path.read_text()
        for path in (ROOT / "functions").rglob("*.py")
        if path.name != "vocabulary.py"
    )
    unused = [code_ for code_ in get_args(vocabulary.WarningCode) if f'"{code_}"' not in code]
    assert unused == []


def test_merged_profile_is_a_profile_of_rows_without_their_order() -> None:
    assert inherited(RowsProfile) - inherited(MergedProfile) == {"clean"}
