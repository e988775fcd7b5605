import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import drop_keys
from pipeline.errors import DropNameError

LONGEST = "-".join("abcdefghijklmnopqrstuvwxyz01234")


@pytest.mark.parametrize(
    ("key", "dataset", "file"),
    [
        ("inbox/churn/a.csv", "churn", "a.csv"),
        ("inbox/churn/a.CSV", "churn", "a.CSV"),
        ("inbox/churn/a b.csv.gz", "churn", "a b.csv.gz"),
        ("inbox/churn.csv", "churn", "churn.csv"),
        ("inbox/churn.csv.gz", "churn", "churn.csv.gz"),
        ("inbox/churn/pipeline.json", "churn", "pipeline.json"),
    ],
)
def test_drop_of_good_key_gives_dataset_and_file(key: str, dataset: str, file: str) -> None:
    assert drop_keys.drop_of(key) == drop_keys.Drop(dataset, file)


@pytest.mark.parametrize(
    "key",
    [
        "inbox/churn/a.txt",
        "inbox/churn/deep/a.csv",
        "inbox/churn/",
        "inbox/",
        "runs/x/a.csv",
        "inbox/Churn/a.csv",
        "inbox/a--b/a.csv",
        "inbox/../a.csv",
        "inbox/.csv",
    ],
)
def test_drop_of_bad_key_is_refused_with_the_remedy(key: str) -> None:
    with pytest.raises(DropNameError) as caught:
        drop_keys.drop_of(key)
    assert key in str(caught.value) or drop_keys.stem_of(key.split("/")[1]) in str(caught.value)
    assert "inbox/" in str(caught.value) or ".csv" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "dataset"),
    [
        ("inbox/churn/a.csv", "churn"),
        ("inbox/churn/deep/a.txt", "churn"),
        ("inbox/Churn 2/a.csv", "churn-2"),
        ("inbox/churn.csv.gz", "churn"),
        ("inbox/a.b.csv", "a-b"),
        ("elsewhere/deep/Wine.CSV", "wine"),
        ("inbox//a.csv", "data"),
        (f"inbox/{LONGEST}/a.csv", LONGEST),
    ],
)
def test_dataset_of_any_key_is_what_its_folder_or_file_says(key: str, dataset: str) -> None:
    assert drop_keys.dataset_of(key) == dataset


@given(st.text(max_size=120))
def test_dataset_name_of_any_text_is_a_dataset_name(text: str) -> None:
    name = drop_keys.dataset_name(text)
    assert drop_keys.drop_of(f"inbox/{name}/a.csv").dataset == name
