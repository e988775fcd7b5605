from datetime import UTC, datetime

import pytest

from pipeline import run_names, staged
from pipeline.settings import oversized
from trigger.drop import Refusal, Start, StoredObject, decide, newest_of_each_dataset

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def stored(key: str, version_id: str | None = "v1", day: int = 2) -> StoredObject:
    return StoredObject("bucket", key, version_id, MOMENT.replace(day=day))


def nothing(_key: str) -> None:
    return None


def test_decide_on_a_csv_starts_its_run_with_the_datasets_settings() -> None:
    texts = {"inbox/churn/pipeline.json": b'{"target": "left"}'}
    start = decide(stored("inbox/churn/a.csv"), "object", texts.get)
    assert isinstance(start, Start)
    assert start.run == run_names.run_name("churn", MOMENT, "bucket", "inbox/churn/a.csv", "v1")
    settings = start.input.pop("settings")
    assert settings["target"] == "left"
    assert start.input == {
        "bucket": "bucket",
        "key": "inbox/churn/a.csv",
        "version_id": "v1",
        "dataset": "churn",
        "trigger": "object",
        "keep_settings": None,
    }


def test_decide_twice_on_one_object_gives_the_same_start() -> None:
    first = decide(stored("inbox/churn/a.csv"), "object", nothing)
    assert first == decide(stored("inbox/churn/a.csv"), "object", nothing)


def test_decide_on_a_file_that_is_no_csv_refuses_it_under_its_dataset() -> None:
    refusal = decide(stored("inbox/churn/notes.txt"), "object", nothing)
    assert isinstance(refusal, Refusal)
    assert (refusal.dataset, refusal.error) == ("churn", "DropNameError")
    assert ".csv" in refusal.cause


@pytest.mark.parametrize("key", ["inbox/churn/a.csv", "inbox/churn/pipeline.json"])
def test_decide_with_bad_settings_refuses_with_the_path_of_the_value(key: str) -> None:
    refusal = decide(stored(key), "object", lambda _key: b'{"metric": 3}')
    assert isinstance(refusal, Refusal)
    assert refusal.error == "SettingsError"
    assert "inbox/churn/pipeline.json: metric" in refusal.cause


@pytest.mark.parametrize("key", ["inbox/churn/pipeline.json", "inbox/churn/"])
def test_decide_on_settings_or_a_folder_starts_nothing(key: str) -> None:
    assert decide(stored(key), "object", lambda _key: b"{}") is None


KEY = "inbox/churn/a.csv"
OWN = b'{"target": "old"}'
GIVEN = b'{"target": "new"}'


def brought(key: str, made_for: str = KEY) -> StoredObject:
    return StoredObject("bucket", key, "v1", MOMENT, ticket=staged.ticket_of(made_for, GIVEN))


def test_decide_takes_the_settings_that_came_with_the_drop_before_the_datasets() -> None:
    place = staged.key_of("churn", staged.ticket_of(KEY, GIVEN))
    texts = {"inbox/churn/pipeline.json": OWN, place: GIVEN}
    start = decide(brought(KEY), "object", texts.get)
    assert isinstance(start, Start)
    assert start.input["settings"]["target"] == "new"
    assert start.input["keep_settings"] == place


def test_decide_on_a_copy_of_a_drop_takes_the_datasets_settings() -> None:
    # S3 copies the metadata along with the object.
    copy = "inbox/churn/b.csv"
    place = staged.key_of("churn", staged.ticket_of(KEY, GIVEN))
    texts = {"inbox/churn/pipeline.json": OWN, place: GIVEN}
    start = decide(brought(copy), "object", texts.get)
    assert isinstance(start, Start)
    assert (start.input["settings"]["target"], start.input["keep_settings"]) == ("old", None)


def test_decide_on_a_drop_whose_settings_are_gone_refuses_it() -> None:
    refusal = decide(brought(KEY), "object", {"inbox/churn/pipeline.json": OWN}.get)
    assert isinstance(refusal, Refusal)
    assert refusal.error == "SettingsError"
    assert "drop the file again" in refusal.cause


def test_newest_of_each_dataset_passes_over_what_is_no_drop() -> None:
    objects = [
        stored("inbox/a/1.csv", day=1),
        stored("inbox/a/2.csv", day=3),
        stored("inbox/a/3.csv", day=2),
        stored("inbox/a/pipeline.json", day=9),
        stored("inbox/b.csv", day=1),
        stored("inbox/b/notes.txt", day=9),
    ]
    assert [o.key for o in newest_of_each_dataset(objects)] == ["inbox/a/2.csv", "inbox/b.csv"]


def test_decide_on_settings_of_any_size_refuses_them_with_the_limit() -> None:
    def read(key: str) -> bytes:
        raise oversized(key)

    for key in ("inbox/churn/a.csv", "inbox/churn/pipeline.json"):
        refusal = decide(stored(key), "object", read)
        assert isinstance(refusal, Refusal)
        assert refusal.error == "SettingsError"
        assert "inbox/churn/pipeline.json has more than 1,048,576 bytes" in refusal.cause


def test_decide_below_score_starts_a_prediction_without_settings() -> None:
    start = decide(stored("score/churn/new.csv"), "object", lambda _key: b"broken")
    assert isinstance(start, Start)
    assert start.scores
    assert start.run == run_names.run_name("churn", MOMENT, "bucket", "score/churn/new.csv", "v1")
    assert start.input == {
        "bucket": "bucket",
        "key": "score/churn/new.csv",
        "version_id": "v1",
        "dataset": "churn",
        "trigger": "object",
    }


def test_decide_on_one_file_in_both_places_gives_two_runs() -> None:
    runs = {
        decide(stored(key), "object", nothing).run  # type: ignore[union-attr]
        for key in ("inbox/churn/a.csv", "score/churn/a.csv")
    }
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("key", "dataset", "remedy"),
    [
        ("score/new.csv", "new", "put the file at score/<dataset>/<file>.csv"),
        ("score/churn/sub/new.csv", "churn", "put the file at score/<dataset>/<file>.csv"),
        ("score/churn/pipeline.json", "churn", "it must end in .csv or .csv.gz"),
        ("score/churn/new.xlsx", "churn", "it must end in .csv or .csv.gz"),
        ("score/Churn/new.csv", "churn", "as in score/churn/new.csv"),
        ("score//new.csv", "data", "put the file at score/<dataset>/<file>.csv"),
    ],
)
def test_decide_below_score_on_what_is_no_drop_refuses_it_with_the_remedy(
    key: str, dataset: str, remedy: str
) -> None:
    refusal = decide(stored(key), "object", nothing)
    assert isinstance(refusal, Refusal)
    assert (refusal.dataset, refusal.error) == (dataset, "DropNameError")
    assert remedy in refusal.cause


def test_decide_on_a_folder_below_score_starts_nothing() -> None:
    assert decide(stored("score/churn/"), "object", nothing) is None
