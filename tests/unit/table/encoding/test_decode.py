"""An encoded row becomes the values that it was made from."""

from table.encoding.decode import decode


def test_decode_undoes_each_encoding() -> None:
    plan = {"column": "plan", "encoding": "one_hot"}
    cities = ["Rom", "Ulm"]
    features = [
        {"name": "age", "column": "age", "encoding": "numeric", "style": "plain"},
        {**plan, "name": "plan=gold", "category": "gold"},
        {**plan, "name": "plan=basic", "category": "basic"},
        {"name": "vip", "column": "vip", "encoding": "boolean", "true": ["yes"], "false": ["no"]},
        {
            "name": "city",
            "column": "city",
            "encoding": "frequency_rank",
            "categories": cities,
        },
        {"name": "since.days", "column": "since", "encoding": "date", "part": "days"},
        {"name": "since.year", "column": "since", "encoding": "date", "part": "year"},
        {"name": "note#hash0", "column": "note", "encoding": "hash", "slot": 0},
        {"name": "age is missing", "column": "age", "encoding": "missing"},
    ]
    known = decode(["41.5", "0", "1", "1", "1", "20000", "2024", "77", "0"], features)
    assert known == {
        "age": 41.5,
        "plan": "basic",
        "vip": "yes",
        "city": "Ulm",
        "since": "2024-10-04",
    }
    missing = decode(["", "0", "0", "", "", "", "", "", "1"], features)
    assert missing == dict.fromkeys(["age", "plan", "vip", "city", "since"])
    assert decode(["1", "0", "0", "0", "2"], features)["city"] is None


def test_decode_writes_durations_and_times_of_day_as_people_do() -> None:
    features = [
        {"name": "taken", "column": "taken", "encoding": "numeric", "style": "duration"},
        {"name": "opens", "column": "opens", "encoding": "numeric", "style": "clock"},
    ]
    assert decode(["98100.0", "875.0"], features) == {"taken": "27:15:00", "opens": "14:35"}
    assert decode(["", "nan"], features) == {"taken": None, "opens": None}
