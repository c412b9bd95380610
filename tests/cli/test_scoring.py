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

from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.scoring.abstain import REASONS
from littlegiants.models.scoring.score_columns import COLUMNS, SCORE_COLUMNS
from littlegiants.serving.batch.job_folder import job_folder
from littlegiants.serving.scorer import Scorer
from tests.cli.conftest import AS_OF, DIRT, World, giants, read, score

NUMBERS = [column.name for column in COLUMNS if column.is_number]


@pytest.fixture(scope="module")
def scores(world) -> pd.DataFrame:
    """What the library says of the universe."""
    return Scorer.from_artefact(world.artefact).score(read_tables(world.data), date.fromisoformat(AS_OF))


@pytest.fixture(scope="module")
def everything(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scores of the universe as the command writes them, by the model's folder."""
    path = tmp_path_factory.mktemp("everything") / "scores.csv"
    assert score(world, out=path).code == 0
    return path


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def test_csv_is_the_librarys_bit_for_bit(everything, scores):
    frame = read(everything)
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


@pytest.mark.parametrize("model", ["models:/littlegiants@champion", "models:/littlegiants/1", None])
def test_registry_and_folder_give_the_same_file(model, world, everything):
    chosen = () if model is None else ("--model", model)
    run = giants("score", "--data", world.data, "--as-of", AS_OF, "--out", "s.csv", "--store", world.store, *chosen)
    assert (run.code, run.err) == (0, "")
    assert Path("s.csv").read_bytes() == everything.read_bytes()


@pytest.mark.parametrize("with_mark", [False, True])
def test_wanted_firms_have_the_rows_they_have_among_all(with_mark, world, scores, everything):
    wanted = scores["firm_id"].tolist()[::9]
    Path("wanted.txt").write_text("\n".join([*reversed(wanted), "", wanted[0]]), "utf-8-sig" if with_mark else "utf-8")
    run = score(world, "--firms", "wanted.txt", out="some.csv")
    assert run.code == 0
    header, *lines = everything.read_text().splitlines()
    expected = [line for line in lines if line.partition(",")[0] in set(wanted)]
    assert Path("some.csv").read_text().splitlines() == [header, *expected]
    assert f"{len(wanted)} of 1,200 firms scored" in run.out


def test_rows_do_not_depend_on_the_other_firms(world, everything, tmp_path):
    kept = set(read(world.data / "firms.csv")["firm_id"][::2])
    (tmp_path / "half").mkdir()
    for path in world.data.glob("*.csv"):
        frame = read(path)
        frame[frame["firm_id"].isin(kept)].to_csv(tmp_path / "half" / path.name, index=False)
    assert score(world, data=tmp_path / "half", out="half.csv").code == 0
    header, *lines = everything.read_text().splitlines()
    expected = [line for line in lines if line.partition(",")[0] in kept]
    assert 0 < len(expected) < len(lines)
    assert Path("half.csv").read_text().splitlines() == [header, *expected]


def test_database_and_folder_give_the_same_file(world, everything, tmp_path):
    url = f"sqlite:///{tmp_path}/tables.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        for path in world.data.glob("*.csv"):
            read(path).replace("", None).to_sql(path.stem, connection, index=False)
    engine.dispose()
    assert score(world, data=url).code == 0
    assert Path("scores.csv").read_bytes() == everything.read_bytes()


def test_scores_are_written_to_a_database_too(world, everything, scores, tmp_path):
    url = f"sqlite:///{tmp_path}/scores.db"
    for _ in range(2):
        run = score(world, "--database", url, "--partition-rows", 9_000, "--jobs", 1, "--json")
        assert (run.code, json.loads(run.out)["database_rows"]) == (0, len(scores))
    assert Path("scores.csv").read_bytes() == everything.read_bytes()
    engine = create_engine(url)
    with engine.connect() as connection:
        stored = pd.read_sql_query("SELECT * FROM littlegiants_scores ORDER BY firm_id", connection)
    engine.dispose()
    assert stored["firm_id"].tolist() == sorted(scores["firm_id"])
    assert (
        stored["p_market"].to_numpy(float).tobytes() == scores.sort_values("firm_id")["p_market"].to_numpy().tobytes()
    )


def test_a_database_that_cannot_be_written_to_leaves_no_file(world, tmp_path):
    run = score(world, "--database", "mysql://me:hunter2@host/name", out="none.csv")
    assert (run.code, "not to mysql" in run.err, "hunter2" in run.err) == (2, True, False)
    assert not Path("none.csv").exists()
    (tmp_path / "taken.db").write_bytes(b"no database" * 100)
    run = score(world, "--database", f"sqlite:///{tmp_path}/taken.db", out="none.csv")
    assert (run.code, "cannot be written to the database" in run.err) == (6, True)
    assert not Path("none.csv").exists()


def test_bad_rows_are_counted_and_change_no_score(world, everything):
    run = score(world, data=world.dirty)
    assert run.code == 0
    assert Path("scores.csv").read_bytes() == everything.read_bytes()
    for table, (_, code) in DIRT.items():
        rows = len(read(world.dirty / f"{table}.csv"))
        pattern = rf"^{table} +{rows:,} read = +{rows - 1:,} used \+ 1 quarantined {code} 1$"
        assert re.search(pattern, run.out, re.MULTILINE), run.out


def test_rows_set_apart_can_be_written(world):
    expected = read_tables(world.dirty).quarantine.frame()
    for name in ("rejected.csv", "rejected.parquet"):
        run = score(world, "--quarantine", name, data=world.dirty)
        assert run.code == 0
        assert run.lines[-1].split(":") == ["quarantined rows", f"  {name}"]
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
    run = giants(*("score", "--data", world.data, "--as-of", "2027-06-30", "--out", "s.csv"), "--model", world.artefact)
    assert run.code == 0
    assert any(line.startswith("note: the newest round, grant or outcome is of 2025-1") for line in run.lines)
    assert "note:" not in score(world).out


def test_without_reasons_only_the_reasons_are_missing(world, everything):
    assert score(world, "--no-reasons").code == 0
    reasons = ["reason_1", "reason_2", "reason_3"]
    with_reasons, without = read(everything), read(Path("scores.csv"))
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
    tables, ends = result.pop("tables"), result.pop("firms_by_end")
    assert sum(ends.values()) == 1_201
    assert ends["scored"] + ends["withheld"] == len(scores)
    assert (ends["rejected"], ends["left"] > 0, ends["not_yet_known"] > 0) == (1, True, True)
    assert result == {
        "out": "scores.csv",
        "report": "report.html",
        "quarantine": "rejected.csv",
        "manifest": None,
        "database_rows": None,
        "model_version": scores["model_version"][0],
        "model_age": {"learned_by": AS_OF, "months": 0.0, "staleness": "fresh", "allowed": None},
        "as_of_date": AS_OF,
        "firms": len(scores),
        "abstained": {"nothing_known": int(scores["abstained"].sum())},
        "lacking_columns": [],
    }
    assert [(sums["table"], sums["quarantined"], sums["by_code"]) for sums in tables] == [
        (table, 1, {code: 1}) for table, (_, code) in DIRT.items()
    ]
    assert all(sums["read"] == sums["used"] + sums["quarantined"] for sums in tables)


def test_partitions_give_the_same_files(world, everything):
    files = ("s.csv", "rejected.csv", "manifest.json")
    for name, size in (("at once", 10**9), ("in partitions", 9_000)):
        Path(name).mkdir()
        given = ("--quarantine", f"{name}/rejected.csv", "--manifest", f"{name}/manifest.json", "--jobs", 1)
        run = score(world, *given, "--partition-rows", size, data=world.dirty, out=f"{name}/s.csv")
        assert (run.code, run.err) == (0, "")
        assert sorted(path.name for path in Path(name).iterdir()) == sorted(files)
    assert [Path("at once", file).read_bytes() for file in files] == [
        Path("in partitions", file).read_bytes() for file in files
    ]
    assert Path("at once/s.csv").read_bytes() == everything.read_bytes()


def test_an_output_that_another_run_writes_is_left_to_it(world):
    with job_folder(Path("s.csv")):
        run = score(world, out="s.csv")
    assert (run.code, run.out) == (10, "")
    assert run.err == "giants: another run writes s.csv; wait for its end, or name another file\n"


def test_too_many_firms_without_a_usable_row(world):
    run = score(world, "--max-rejected", "0", "--max-quarantined", "1", data=world.dirty)
    assert run.code == 0  # a single firm never stops the work
    assert score(world, "--max-rejected", "2").err.startswith("giants: 2 is no share of firms")
