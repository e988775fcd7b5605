"""Files come back as they were, with what is added to each record."""

import gzip
import random

import pytest

from join.assemble import assemble
from pipeline.errors import (
    ArtefactError,
    ColumnMismatchError,
    EmptyFileError,
    ModelMissingError,
    RowsUnusableError,
)
from prepare.steps import check
from prepare.training import engine
from tests.unit.join import scored_file
from tests.unit.join.scored_file import Champion, score, trained

random.seed(3)
ROWS = [
    (age, plan, round(age * 2.5 + (40 if plan == "gold" else 0) + random.random(), 2))
    for age, plan in (
        (random.randint(18, 90), random.choice(["gold", "free", "a, b"])) for _ in range(300)
    )
]
TRAINING = "age,plan,price\n" + "".join(f'{a},"{p}",{y}\n' for a, p, y in ROWS)


@pytest.fixture(scope="module")
def champion() -> Champion:
    return trained(TRAINING.encode(), {"target": "price"})


def without_added(result: str, added: int, newline: str = "\n") -> str:
    """Take the added fields away; none of them holds a delimiter here."""
    return newline.join(
        line.rsplit(",", added)[0] if line.count(",") >= added else line
        for line in result.split(newline)
    )


def test_row_has_its_prediction_and_reasons(champion: Champion) -> None:
    scored = score(champion, b"plan,age\ngold,40\nfree,41\n")
    first, second = scored.rows()
    assert list(first) == [
        "plan", "age", "prediction", "reason_1", "reason_2", "prediction_error",
    ]  # fmt: skip
    assert float(first["prediction"]) == pytest.approx(140, abs=12)
    assert float(second["prediction"]) == pytest.approx(102, abs=12)
    assert first["reason_1"].startswith("age = 40 (-")
    assert first["reason_2"].startswith("plan = gold (+")
    assert first["prediction_error"] == ""
    assert scored.output["rows"] == 2


def test_bytes_survive(champion: Champion) -> None:
    data = (
        b'\xef\xbb\xbfage,plan,note\r\n040,gold,"a ""b"", c\r\nd"\r\n 41 ,free,1e5  \r\n'
        b"\r\n42,free,x"
    )
    scored = score(champion, data, settings={"reasons": 0})
    assert scored.added == ["prediction", "prediction_error"]
    lines = scored.result.split(b"\r\n")
    assert lines[0] == b"\xef\xbb\xbfage,plan,note,prediction,prediction_error"
    assert lines[1] == b'040,gold,"a ""b"", c'
    assert lines[2].startswith(b'd",')
    assert lines[3].startswith(b" 41 ,free,1e5  ,")
    assert lines[4] == b""
    assert lines[5].startswith(b"42,free,x,")
    assert not scored.result.endswith(b"\n")
    assert [row["prediction_error"] for row in scored.rows()] == ["", "", ""]


@pytest.mark.parametrize("chunk_bytes", [1, 7, 64, 1 << 20])
def test_result_does_not_depend_on_chunks(champion: Champion, chunk_bytes: int) -> None:
    rows = [f'{20 + n},{"gold" if n % 3 else "free"},"x{n}\n,y"' for n in range(20)]
    data = ("age,plan,note\n" + "\n".join(rows)).encode()
    whole = score(champion, data)
    assert score(champion, data, chunk_bytes=chunk_bytes).result == whole.result


def test_rows_that_cannot_be_read_are_marked(champion: Champion) -> None:
    data = b"age,plan\n40,gold\n41\n42,free,x\nage,plan\n43,free\n"
    lines = score(champion, data, settings={"reasons": 0}).result.decode().splitlines()
    assert lines[2] == "41,,,1 field instead of 2"
    assert lines[3] == "42,free,x,,3 fields instead of 2"
    assert lines[4] == "age,plan,,repeats the header"
    assert lines[5].startswith("43,free,")
    assert lines[5].endswith(",")


def test_rows_that_were_commented_out_are_marked(champion: Champion) -> None:
    data = b"age,plan\n" + b"40,gold\n" * 30 + b"#41,gold\n" + b"42,free\n" * 30
    lines = score(champion, data, settings={"reasons": 0}).result.decode().splitlines()
    assert lines[31] == "#41,gold,,commented out"


def test_stray_cell_is_marked_and_predicted(champion: Champion) -> None:
    data = b"age,plan\n" + b"40,gold\n" * 20 + b"old,gold\n"
    scored = score(champion, data)
    last = scored.rows()[-1]
    assert last["prediction_error"] == "age: old not read"
    assert float(last["prediction"])
    assert scored.output["marked"] == 1


def test_missing_columns_are_all_named(champion: Champion) -> None:
    with pytest.raises(ColumnMismatchError, match=r"lacks 2 columns .*'age', 'plan'"):
        score(champion, b"Alter,Tarif\n40,gold\n")


def test_near_name_is_asked_about(champion: Champion) -> None:
    with pytest.raises(ColumnMismatchError, match=r"'age' \(is it 'Age'\?\)"):
        score(champion, b"Age,plan\n40,gold\n")


def test_other_dialect_and_decimal_sign(champion: Champion) -> None:
    plain = score(champion, b"age,plan\n40.5,gold\n41.5,free\n", settings={"reasons": 0})
    other = score(champion, b"plan;age\ngold;40,5\nfree;41,5\n", settings={"reasons": 0})
    wanted = [row["prediction"] for row in plain.rows()]
    assert [row["prediction"] for row in other.rows(";")] == wanted


def test_values_of_another_kind_are_refused(champion: Champion) -> None:
    with pytest.raises(ColumnMismatchError, match="3 of 3 values of 'age'"):
        score(champion, b"age,plan\nyoung,gold\nold,free\nmiddle,free\n")


def test_own_prediction_column_is_kept(champion: Champion) -> None:
    scored = score(champion, b"age,plan,prediction\n40,gold,7\n")
    row = scored.rows()[0]
    assert row["prediction"] == "7"
    assert float(row["prediction_2"])
    assert sum("prediction_2" in warning for warning in scored.output["warnings"]) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_comes_back_so(champion: Champion, encoding: str) -> None:
    text = "age,plan,note\r\n40,gold,é\r\n41,free,日\r\n"
    data = text.encode(encoding)
    scored = score(champion, data, settings={"reasons": 0})
    back = without_added(scored.result.decode(encoding), 2, "\r\n")
    assert back.encode(encoding) == data


def test_gzip_comes_back_packed(champion: Champion) -> None:
    data = b"age,plan\n40,gold\n41,free\n"
    scored = score(
        champion, gzip.compress(data), name="file.csv.gz", chunk_bytes=9, settings={"reasons": 0}
    )
    text = gzip.decompress(scored.result).decode()
    assert without_added(text, 2).encode() == data


def test_preamble_stays_and_totals_are_rows(champion: Champion) -> None:
    data = b"Report of May\n\nage,plan\n40,gold\n41,free\n42,free\n43,gold\nTotal,\nby a program\n"
    lines = score(champion, data, settings={"reasons": 0}).result.decode().splitlines()
    assert lines[0] == "Report of May"
    assert lines[2] == "age,plan,prediction,prediction_error"
    assert lines[-2].startswith("Total,,")
    assert lines[-2].endswith(",age: Total not read")
    assert lines[-1] == "by a program,,,1 field instead of 2"


@pytest.mark.parametrize("data", [b"", b"age,plan\n", b"\n\n"])
def test_file_without_rows_is_refused(champion: Champion, data: bytes) -> None:
    with pytest.raises((EmptyFileError, RowsUnusableError)):
        score(champion, data)


def test_one_row(champion: Champion) -> None:
    assert len(score(champion, b"age,plan\n40,gold").rows()) == 1


def test_result_is_the_same_if_it_is_put_together_once_more(champion: Champion) -> None:
    first = score(champion, b"age,plan\n40,gold\n41,free\n", chunk_bytes=13)
    event = {"prefix": "runs/set-2", "dataset": "set", "run": "set-2"}
    assert assemble(champion.s3, "bucket", event, None) == first.output
    del champion.s3.objects["runs/set-2/result.json"]
    with pytest.raises(ArtefactError, match=r"part-00000\.csv, which Join chunks wrote"):
        assemble(champion.s3, "bucket", event, None)


def test_rows_without_reasons_are_told(champion: Champion, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = score(champion, b"age,plan\n40,gold\n41,free\n")
    assert not whole.output["warnings"]
    put = scored_file.predict

    def predicting(*given: object) -> None:
        put(*given)  # type: ignore[arg-type]
        name = "runs/set-2/reasons/part-00000.csv"
        body = champion.s3.objects[name]
        assert isinstance(body, bytes)
        champion.s3.objects[name] = body.split(b"\n")[0] + b"\n\n"

    monkeypatch.setattr(scored_file, "predict", predicting)
    scored = score(champion, b"age,plan\n40,gold\n41,free\n")
    assert scored.output["warnings"][0].startswith("Without reasons: 1 row;")
    assert scored.rows()[1]["reason_1"] == ""
    monkeypatch.setattr(scored_file, "predict", lambda *given: put(*given[:3], 0))
    scored = score(champion, b"age,plan\n40,gold\n41,free\n")
    assert scored.output["warnings"][0].startswith("Without reasons: 2 rows;")


@pytest.mark.parametrize(
    ("settings", "floats", "text"),
    [
        ({"scoring": "function", "reasons": 0}, True, False),
        ({"scoring": "batch", "reasons": 0}, False, True),
        ({"scoring": "batch", "reasons": 1}, True, True),
    ],
)
def test_features_are_written_for_what_reads_them(
    champion: Champion, settings: dict[str, object], floats: bool, text: bool
) -> None:
    scored = score(champion, b"age,plan\n40,gold\n,free\n", settings=settings)
    assert ("runs/set-2/data/features/part-00000.f32" in scored.files) is floats
    assert ("runs/set-2/data/score/part-00000.csv" in scored.files) is text
    plain = score(champion, b"age,plan\n40,gold\n,free\n", settings={"reasons": 0})
    assert [row["prediction"] for row in scored.rows()] == [
        row["prediction"] for row in plain.rows()
    ]


def test_missing_cells_are_no_strays(champion: Champion) -> None:
    data = b"age,plan\n" + b"40,gold\n" * 20 + b",gold\nNA,gold\nold,gold\n"
    errors = [row["prediction_error"] for row in score(champion, data).rows()]
    assert errors[-3:] == ["", "", "age: old not read"]


def test_rows_that_have_the_target_are_those_that_can_be_measured(champion: Champion) -> None:
    data = b"age,plan,price\n40,gold,140.5\n41,free,\n42,free,101\n"
    scored = score(champion, data)
    assert scored.files["runs/set-2/data/truth/part-00000.csv"] == b"row,label\n0,140.5\n2,101.0\n"
    plain = score(champion, b"age,plan\n40,gold\n")
    assert "runs/set-2/data/truth/part-00000.csv" not in plain.files


def test_result_of_other_rows_than_were_checked_is_damage(champion: Champion) -> None:
    score(champion, b"age,plan\n40,gold\n41,free\n", chunk_bytes=13)
    note = champion.s3.objects["runs/set-2/chunks/score-00001.json"]
    assert isinstance(note, bytes)
    champion.s3.objects["runs/set-2/chunks/score-00001.json"] = note.replace(
        b'"rows":1', b'"rows":2'
    )
    for part in (0, 1):
        champion.s3.objects[f"results/set/set-2/parts/part-{part:05d}.csv"] = b""
    event = {"prefix": "runs/set-2", "dataset": "set", "run": "set-2"}
    with pytest.raises(ArtefactError, match="count 3 rows, and the check 2"):
        assemble(champion.s3, "bucket", event, None)


@pytest.mark.parametrize(
    ("name", "value", "settings", "wanted"),
    [
        ("FUNCTION_BYTES", 1 << 20, {}, ("function", 2)),
        ("FUNCTION_BYTES", 20, {}, ("batch", 2)),
        ("FUNCTION_BYTES", 20, {"scoring": "function"}, ("function", 2)),
        ("FEATURE_BYTES", 30, {}, ("batch", 2)),
        ("REASON_ROWS", 2, {}, ("function", 2)),
        ("REASON_ROWS", 1, {}, ("function", 0)),
        ("REASON_ROWS", 1, {"reasons": 1}, ("function", 1)),
    ],
)
def test_size_decides_what_predicts_and_whether_it_explains(
    champion: Champion,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: int,
    settings: dict[str, object],
    wanted: tuple[str, int],
) -> None:
    monkeypatch.setattr(check if name == "REASON_ROWS" else engine, name, value)
    scored = score(champion, b"age,plan\n40,gold\n41,free\n", settings=settings)
    assert scored.output["engine"] == wanted[0]
    assert len(scored.added) == 2 + wanted[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [(b'"version": 3', "is of version 3, this is version 2"), (None, "no longer in the bucket")],
)
def test_model_whose_encoder_cannot_be_used_is_refused_with_what_to_do(
    champion: Champion, change: bytes | None, words: str
) -> None:
    key = "runs/set-1/encoder.json"
    body = champion.s3.objects[key]
    assert isinstance(body, bytes)
    try:
        if change is None:
            del champion.s3.objects[key]
        else:
            champion.s3.objects[key] = body.replace(b'"version": 2', change)
        with pytest.raises(ModelMissingError, match=rf"{words}.* drop its training file again"):
            score(champion, b"age,plan\n40,gold\n")
    finally:
        champion.s3.objects[key] = body
