"""What ``giants score`` refuses: an exit code, one line that says why, and everything as it was before."""

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import AS_OF, giants, score

OLD = "what stood here before"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--data", "nowhere"), 5, "giants: nowhere is not a folder; .*"),
        (("--data", "."), 5, "giants: . holds neither firms.csv nor firms.parquet; .*"),
        (("--data", "sqlite:///nowhere.db"), 5, "giants: there is no database file 'nowhere.db'"),
        (("--data", "nosuch://user:sesame@host/db"), 5, "giants: the database URL cannot be used .*"),
        (("--as-of", "31.12.2023"), 2, "giants: '31.12.2023' is not a date; write it as YYYY-MM-DD"),
        (("--as-of", "2023-02-29"), 2, "giants: '2023-02-29' is not a date; .*"),
        (("--as-of", "1979-12-31"), 2, "giants: as-of date 1979-12-31 is out of range; .*"),
        (("--model", "models:/littlegiants@challenger"), 6, "giants: models:/littlegiants@challenger: .*"),
        (("--model", "models:/littlegiants/999"), 6, "giants: models:/littlegiants/999: .*"),
        (("--model", "models:/other@champion"), 6, "giants: models:/other@champion: .*"),
        (("--model", "models:/littlegiants"), 2, "giants: 'models:/littlegiants' is no model; .*"),
        (("--model", "nowhere"), 6, "giants: nowhere is not a folder; .*manifest.json.*"),
        (("--model", "."), 2, "giants: scores.csv lies within the model; .*"),
        (("--out", "s.ods"), 2, "giants: s.ods ends in '.ods'; name a file that ends in .csv or .parquet or .xlsx"),
        (
            ("--out", "nowhere/scores.csv"),
            2,
            "giants: nowhere/scores.csv cannot be written: there is no folder nowhere",
        ),
        (("--report", "report.pdf"), 2, "giants: report.pdf ends in '.pdf'; .*"),
        (("--quarantine", "rejected.txt"), 2, "giants: rejected.txt ends in '.txt'; .*"),
        (("--quarantine", "scores.csv"), 2, "giants: scores.csv is named twice; .*"),
        (("--firms", "nowhere.txt"), 2, "giants: nowhere.txt cannot be read: No such file or directory"),
        (("--firms", "empty.txt"), 2, "giants: empty.txt names no firm; write one firm_id a line"),
        (("--firms", "latin.txt"), 2, "giants: latin.txt is not UTF-8; write one firm_id a line"),
        (
            ("--firms", "unknown.txt"),
            2,
            r"giants: 1 of the wanted firms are not in the firms table, 'no\\x1b\[2J' the .*",
        ),
        (("--firms",), 2, "giants: Option '--firms' requires an argument; see giants --help"),
        (("--colour",), 2, "giants score: No such option: --colour.*; see giants score --help"),
        (("surplus",), 2, r"giants score: Got unexpected extra argument.* \(surplus\); see giants score --help"),
    ],
)
def test_score_refuses(arguments, code, message, world, tmp_path):
    for name, content in {"empty": b"\n \n", "latin": b"M\xfcller\n", "unknown": b"no\x1b[2J\n"}.items():
        Path(f"{name}.txt").write_bytes(content)
    Path("scores.csv").write_text(OLD)
    before = set(tmp_path.iterdir())
    run = score(world, *arguments)
    assert (run.code, run.out) == (code, ""), run.err
    assert re.fullmatch(f"{message}\n", run.err), run.err
    assert "sesame" not in run.err
    # The file of a former run stands as it was, and nothing else was begun.
    assert Path("scores.csv").read_text() == OLD
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("option", ["--data", "--as-of", "--out"])
def test_required_options(option):
    given = {"--data": "d", "--as-of": AS_OF, "--out": "s.csv"}
    run = giants("score", *(text for name, value in given.items() if name != option for text in (name, value)))
    assert (run.code, run.out) == (2, "")
    assert run.err == f"giants score: Missing option '{option}'; see giants score --help\n"


@pytest.mark.parametrize("name", ["model.txt", "calibration.json", "context.parquet", "manifest.json"])
def test_damaged_artefact(name, world):
    shutil.copytree(world.artefact, "damaged")
    path = Path("damaged", name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    run = score(world, model="damaged")
    assert (run.code, run.out, run.err.count("\n")) == (6, "", 1)
    assert run.err.startswith(f"giants: damaged/{name} ")
    assert not Path("scores.csv").exists()


def test_tables_are_never_overwritten(world):
    shutil.copytree(world.data, "data")
    before = Path("data/rounds.csv").read_bytes()
    run = score(world, data="data", out="data/rounds.csv")
    assert (run.code, run.err) == (2, "giants: data/rounds.csv is a table that is to be read; name another file\n")
    assert Path("data/rounds.csv").read_bytes() == before


def test_table_that_cannot_be_read_as_a_whole(world):
    shutil.copytree(world.data, "data")
    Path("data/grants.csv").write_bytes(b"")
    run = score(world, data="data")
    assert (run.code, run.out) == (5, "")
    assert run.err == "giants: data/grants.csv is empty; a table has at least its header line\n"


def test_no_store_is_made_by_looking_for_one(world, tmp_path):
    run = giants("score", "--data", world.data, "--as-of", AS_OF, "--out", "s.csv")
    assert (run.code, run.out) == (6, "")
    assert run.err.startswith("giants: there is no model store mlflow.db; train a model first")
    assert list(tmp_path.iterdir()) == []
