"""``giants score``: the file holds what the library gives, bit for bit, whichever way model, tables and firms come."""

import json
import math
import re
import shutil
import struct
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine

from littlegiants.features.reading import read_tables
from littlegiants.models.abstain import REASONS
from littlegiants.models.model import SCORE_COLUMNS
from littlegiants.serving.scorer import Scorer
from tests.cli.conftest import AS_OF, DIRT, giants, read

NUMBERS = ["p_market", "p_market_low", "p_market_high", "p_subsidised", "p_stalled", "percentile"]
OLD = "what stood here before"


@pytest.fixture(scope="module")
def scores(world) -> pd.DataFrame:
    """What the library says of the universe."""
    return Scorer.from_artefact(world.artefact).score(read_tables(world.data), date.fromisoformat(AS_OF))


def score(world, *arguments, data=None, model=None, out="scores.csv"):
    given = ("--model", world.artefact if model is None else model, "--store", world.store)
    return giants("score", "--data", data or world.data, "--as-of", AS_OF, "--out", out, *given, *arguments)


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def test_csv_is_the_librarys_bit_for_bit(world, scores):
    assert score(world).code == 0
    frame = read(Path("scores.csv"))
    assert tuple(frame.columns) == SCORE_COLUMNS
    for name in SCORE_COLUMNS:
        if name in NUMBERS:
            for text, value in zip(frame[name], scores[name], strict=True):
                assert text == "" if math.isnan(value) else bits(float(text)) == bits(value)
        elif name == "abstained":
            assert frame[name].tolist() == ["true" if value else "false" for value in scores[name]]
        else:
            # A reason opens with a sign, which a spreadsheet would take for a formula; the apostrophe keeps it text.
            plain = [text[1:] if text[:2] in ("'+", "'-") else text for text in frame[name]]
            assert plain == scores[name].tolist()


def test_parquet_is_the_librarys_bit_for_bit(world, scores):
    assert score(world, out="scores.parquet").code == 0
    table = pq.read_table("scores.parquet")
    assert tuple(table.column_names) == SCORE_COLUMNS
    for name in SCORE_COLUMNS:
        found, expected = table[name].to_pylist(), scores[name].tolist()
        if name in NUMBERS:
            assert [bits(math.nan if v is None else v) for v in found] == [bits(v) for v in expected]
        else:
            assert found == expected


def test_same_command_same_bytes(world):
    for out in ("one.csv", "two.csv", "one.parquet", "two.parquet"):
        assert score(world, out=out).code == 0
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    assert Path("one.parquet").read_bytes() == Path("two.parquet").read_bytes()


@pytest.mark.parametrize("model", ["models:/littlegiants@champion", "models:/littlegiants/1", None])
def test_registry_and_folder_give_the_same_file(model, world):
    assert score(world, out="folder.csv").code == 0
    chosen = () if model is None else ("--model", model)
    run = giants("score", "--data", world.data, "--as-of", AS_OF, "--out", "s.csv", "--store", world.store, *chosen)
    assert (run.code, run.err) == (0, "")
    assert Path("s.csv").read_bytes() == Path("folder.csv").read_bytes()


@pytest.mark.parametrize("with_mark", [False, True])
def test_wanted_firms_have_the_rows_they_have_among_all(with_mark, world, scores):
    wanted = scores["firm_id"].tolist()[::9]
    Path("wanted.txt").write_text("\n".join([*reversed(wanted), "", wanted[0]]), "utf-8-sig" if with_mark else "utf-8")
    assert score(world, out="all.csv").code == 0
    run = score(world, "--firms", "wanted.txt", out="some.csv")
    assert run.code == 0
    header, *lines = Path("all.csv").read_text().splitlines()
    expected = [line for line in lines if line.partition(",")[0] in set(wanted)]
    assert Path("some.csv").read_text().splitlines() == [header, *expected]
    assert f"{len(wanted)} of 1,200 firms scored" in run.out


def test_rows_do_not_depend_on_the_other_firms(world, tmp_path):
    half = tmp_path / "half"
    half.mkdir()
    for path in world.data.glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        frame[frame["firm_id"].isin(frame["firm_id"].unique()[::2])].to_csv(half / path.name, index=False)
    kept = set(read(half / "firms.csv")["firm_id"])
    for name in ("rounds", "grants", "patents", "recognitions", "financials", "outcomes"):
        frame = read(world.data / f"{name}.csv")
        frame[frame["firm_id"].isin(kept)].to_csv(half / f"{name}.csv", index=False)
    assert score(world, out="all.csv").code == score(world, data=half, out="half.csv").code == 0
    header, *lines = Path("all.csv").read_text().splitlines()
    expected = [line for line in lines if line.partition(",")[0] in kept]
    assert 0 < len(expected) < len(lines)
    assert Path("half.csv").read_text().splitlines() == [header, *expected]


def test_database_and_folder_give_the_same_file(world, tmp_path):
    url = f"sqlite:///{tmp_path}/tables.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        for path in world.data.glob("*.csv"):
            read(path).replace("", None).to_sql(path.stem, connection, index=False)
    engine.dispose()
    assert score(world, out="folder.parquet").code == score(world, data=url, out="database.parquet").code == 0
    assert Path("folder.parquet").read_bytes() == Path("database.parquet").read_bytes()


def test_bad_rows_are_counted_and_change_no_score(world):
    assert score(world, out="clean.csv").code == 0
    run = score(world, data=world.dirty, out="dirty.csv")
    assert run.code == 0
    assert Path("dirty.csv").read_bytes() == Path("clean.csv").read_bytes()
    for table, (_, code) in DIRT.items():
        rows = len(read(world.dirty / f"{table}.csv"))
        pattern = rf"^{table} +{rows:,} read = +{rows - 1:,} used \+ 1 quarantined {code} 1$"
        assert re.search(pattern, run.out, re.MULTILINE), run.out


def test_rows_set_apart_can_be_written(world):
    expected = read_tables(world.dirty).quarantine.frame()
    for name in ("rejected.csv", "rejected.parquet"):
        run = score(world, "--quarantine", name, data=world.dirty)
        assert run.code == 0
        assert run.lines[-1].split(":") == ["rows set apart", f"  {name}"]
    assert read(Path("rejected.csv"))["code"].tolist() == expected["code"].tolist()
    pd.testing.assert_frame_equal(pd.read_parquet("rejected.parquet"), expected)
    assert sorted(expected["code"]) == sorted(code for _, code in DIRT.values())


def test_columns_that_are_not_used_are_named(world):
    shutil.copytree(world.data, "more")
    grants = read(Path("more/grants.csv"))
    grants.assign(know_on=grants["known_on"]).to_csv("more/grants.csv", index=False)
    assert "grants: columns that the contract does not know, not used: know_on" in score(world, data="more").lines


def test_table_that_is_absent_is_named_and_its_firms_withheld(world):
    shutil.copytree(world.data, "fewer")
    Path("fewer/patents.csv").unlink()
    run = score(world, data="fewer")
    assert "not observed, no such table: patents" in run.lines
    assert re.search(rf"^ +[\d,]+  table_missing  {REASONS['table_missing']}$", run.out, re.MULTILINE)


def test_withheld_firms_are_counted_with_the_reason(world, scores):
    run = score(world)
    counts = scores.loc[scores["abstained"], "abstain_reason"].value_counts().to_dict()
    assert set(counts) == {"nothing_known"}
    assert f"{len(scores):,} of 1,200 firms scored as of {AS_OF} with model {scores['model_version'][0]}" in run.lines
    assert f"{counts['nothing_known']} of them without a probability:" in run.lines
    assert f"  {counts['nothing_known']}  nothing_known  {REASONS['nothing_known']}" in run.lines


def test_scores_long_after_the_newest_event_are_remarked_on(world):
    run = giants(*("score", "--data", world.data, "--as-of", "2032-01-01", "--out", "s.csv"), "--model", world.artefact)
    assert run.code == 0
    assert any(line.startswith("note: the newest round, grant or outcome is of 2025-1") for line in run.lines)
    assert "note:" not in score(world).out


def test_without_reasons_only_the_reasons_are_missing(world):
    assert score(world, out="with.csv").code == score(world, "--no-reasons", out="without.csv").code == 0
    reasons = ["reason_1", "reason_2", "reason_3"]
    with_reasons, without = read(Path("with.csv")), read(Path("without.csv"))
    assert (without[reasons] == "").all(axis=None)
    assert without.drop(columns=reasons).equals(with_reasons.drop(columns=reasons))


def test_report_is_written_beside(world, scores):
    run = score(world, "--report", "report.html")
    assert run.code == 0
    page = Path("report.html").read_text(encoding="utf-8")
    assert "<title>" in page
    assert scores["model_version"][0] in page
    assert [" ".join(line.split()) for line in run.lines[-2:]] == ["scores: scores.csv", "report: report.html"]


def test_report_on_a_database_tells_no_password(world, tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/holdings.db")
    for path in world.data.glob("*.csv"):
        read(path).replace("", None).to_sql(path.stem, engine, index=False)
    engine.dispose()
    url = f"sqlite:///file:{tmp_path}/holdings.db?uri=true&password=sesame"
    run = score(world, "--report", "report.html", "--json", data=url)
    assert run.code == 0, run.err
    assert "sesame" not in run.out + run.err + Path("report.html").read_text(encoding="utf-8")
    assert "holdings.db" in Path("report.html").read_text(encoding="utf-8")


def test_result_for_machines(world, scores):
    run = score(world, "--report", "report.html", "--quarantine", "rejected.csv", "--json", data=world.dirty)
    assert (run.code, run.err, run.out.count("\n")) == (0, "", 1)
    result = json.loads(run.out)
    tables = result.pop("tables")
    assert result == {
        "out": "scores.csv",
        "report": "report.html",
        "quarantine": "rejected.csv",
        "model_version": scores["model_version"][0],
        "as_of_date": AS_OF,
        "firms": len(scores),
        "abstained": {"nothing_known": int(scores["abstained"].sum())},
    }
    assert [(sums["table"], sums["quarantined"], sums["by_code"]) for sums in tables] == [
        (table, 1, {code: 1}) for table, (_, code) in DIRT.items()
    ]
    assert all(sums["read"] == sums["used"] + sums["quarantined"] for sums in tables)


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
        (("--model", "."), 6, "giants: .*manifest.json.*"),
        (("--out", "scores.xlsx"), 2, "giants: scores.xlsx ends in '.xlsx'; name a file that ends in .csv or .parquet"),
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
    assert (run.code, run.err) == (2, "giants: data/rounds.csv is a table that is to be scored; name another file\n")
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
