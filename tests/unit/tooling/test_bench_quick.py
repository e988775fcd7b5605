"""All benches in small: which run, and what counts as broken."""

import argparse
from pathlib import Path

import pytest

from bench import quick

ROOT = Path(__file__).resolve().parents[3]
WORKS = "print('fine')"
FAILS = "print('the reason'); raise SystemExit(1)"
RAISES = "raise ValueError('the reason')"
HANGS = "import time; print('the reason', flush=True); time.sleep(60)"


def project(folder: Path, **benches: str) -> Path:
    """Make a project with such benches, which do nothing without the switch."""
    for name, code in benches.items():
        place = folder / "bench" / name
        place.mkdir(parents=True)
        (place / "__main__.py").write_text(
            f"import sys\nassert sys.argv[1:] == ['--quick']\n{code}\n"
        )
    return folder


def test_all_benches_run_but_those_left_out_by_name() -> None:
    every = {path.parent.name for path in (ROOT / "bench").glob("*/__main__.py")}
    assert set(quick.LEFT_OUT) <= every
    assert sorted(every - set(quick.LEFT_OUT)) == quick.benches()


@pytest.mark.parametrize("name", quick.benches())
def test_bench_has_the_switch_and_heeds_it(name: str) -> None:
    text = (ROOT / "bench" / name / "__main__.py").read_text(encoding="utf-8")
    assert "add_quick(parser)" in text
    assert ".quick" in text.replace("bench.quick", "")


def test_switch_is_the_one_that_the_runner_gives() -> None:
    parser = argparse.ArgumentParser()
    quick.add_quick(parser)
    assert parser.parse_args([quick.SWITCH]).quick
    assert not parser.parse_args([]).quick


def test_benches_that_work_are_listed_with_their_seconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path, first=WORKS, second=WORKS)
    assert quick.main(["first", "second"], root) == 0
    said = capsys.readouterr().out
    assert [line.split()[::3] for line in said.splitlines()[:2]] == [
        ["first", "works"],
        ["second", "works"],
    ]
    assert "fine" not in said
    assert "2 benches in" in said


@pytest.mark.parametrize("code", [FAILS, RAISES])
def test_bench_that_breaks_is_named_with_what_it_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    root = project(tmp_path, first=code, second=WORKS)
    assert quick.main(["first", "second"], root) == 1
    said = capsys.readouterr().out
    assert "the reason" in said
    assert said.splitlines()[-1] == "broken: first; run: python -m bench.first --quick"
    assert "works" in said


def test_bench_that_does_not_end_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quick, "_SECONDS", 2)
    assert quick.main(["slow"], project(tmp_path, slow=HANGS)) == 1
    said = capsys.readouterr().out
    assert "did not end within 2 s" in said
    assert "the reason" in said
