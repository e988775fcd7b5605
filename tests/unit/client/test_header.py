"""Looking for the target before anything is stored."""

import gzip
from pathlib import Path

import pytest

from dropforge.client.inbox.header import check_target, columns_of
from pipeline.errors import TargetMissingError


def written(folder: Path, content: str | bytes, name: str = "churn.csv") -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


@pytest.mark.parametrize(
    "content",
    [
        "age,plan,churned\n31,gold,no\n",
        "age;plan;churned\r\n31,5;gold;no\r\n",
        "\ufeffage\tplan\tchurned\n31\tgold\tno\n",
        '"age", plan ,"churned"\n31,gold,no',
    ],
)
def test_columns_are_those_of_a_plain_header(tmp_path: Path, content: str) -> None:
    file = written(tmp_path, content)
    assert columns_of(file) == ["age", "plan", "churned"]
    check_target(file, "churned")
    with pytest.raises(TargetMissingError, match="did you mean 'churned'"):
        check_target(file, "Churn")


def test_columns_of_a_compressed_file_are_read(tmp_path: Path) -> None:
    content = gzip.compress(b"age,churned\n31,no\n")
    assert columns_of(written(tmp_path, content, "churn.csv.gz")) == ["age", "churned"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "age,churned\n",
        "5.1,3.5,setosa\n4.9,3.0,setosa\n",
        "# made in May, by hand\nage,churned\n31,no\n",
        "Sales of May\nage,churned\n31,no\n",
        "\nage,churned\n31,no\n",
        "sep=;\nage;churned\n31;no\n",
        "age,;churned\n31,;no\n",
        "age,churned\na,31,no\n",
        "age,age\n31,no\n",
        'age,"chur\nned"\n31,no\n',
        "age,\u00fcber\n31,no\n".encode("latin-1"),
        "age,churned\n31,no\n".encode("utf-16"),
        b"\x1f\x8b no gzip",
        f"age,{'c' * 140_000}\n31,no\n",
    ],
)
def test_a_header_that_leaves_a_doubt_is_left_to_the_pipeline(
    tmp_path: Path, content: str | bytes
) -> None:
    file = written(tmp_path, content)
    assert columns_of(file) is None
    check_target(file, "whatever")


def test_names_that_the_pipeline_gives_are_left_to_it(tmp_path: Path) -> None:
    check_target(written(tmp_path, "age,plan\n31,gold\n"), "column_2")


def test_a_target_that_is_like_no_column_gets_the_columns(tmp_path: Path) -> None:
    file = written(tmp_path, "age,plan\n31,gold\n")
    with pytest.raises(TargetMissingError, match="its columns are age, plan; name one of them"):
        check_target(file, "zzz")
