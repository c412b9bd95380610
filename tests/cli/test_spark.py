"""``giants score --engine spark``: the same files as without it, byte for byte."""

from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession

from littlegiants.cli.spark import session
from littlegiants.ingest.errors import LittleGiantsError
from tests.cli.conftest import AS_OF, DIRT, process, score
from tests.conftest import LONG


@pytest.fixture(scope="module")
def parquet(world, tmp_path_factory):
    """The dirty universe as Parquet files of text."""
    folder = tmp_path_factory.mktemp("parquet")
    for path in world.dirty.glob("*.csv"):
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        frame.to_parquet(folder / f"{path.stem}.parquet", index=False)
    return folder


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_files_are_those_of_one_machine(spark, world, parquet, suffix):
    there = score(world, "--engine", "spark", "--quarantine", f"q.{suffix}", data=parquet, out=f"spark.{suffix}")
    here = score(world, "--quarantine", f"r.{suffix}", data=parquet, out=f"local.{suffix}")
    assert (there.code, there.err) == (here.code, here.err) == (0, "")
    for one, other in ((f"spark.{suffix}", f"local.{suffix}"), (f"q.{suffix}", f"r.{suffix}")):
        with open(one, "rb") as left, open(other, "rb") as right:  # noqa: PTH123 - in the test's own folder
            assert left.read() == right.read()
    changed = {f"{word}.{suffix}" for word in ("spark", "local", "q", "r")}
    assert [line for line in there.lines if not any(name in line for name in changed)] == [
        line for line in here.lines if not any(name in line for name in changed)
    ]
    assert sum(" read = " in line for line in there.lines) == len(DIRT)


def test_the_manifest_is_that_of_one_machine(spark, world, parquet):
    for engine in (("--engine", "spark"), ()):
        done = score(world, "--no-reasons", "--manifest", "m.json", *engine, data=parquet, out="s.csv")
        assert done.code == 0, done.err
        written = Path("m.json").read_bytes()
        if engine:
            first = written
    assert first == written


@pytest.mark.skipif(LONG == 1, reason="starts a Spark of its own; `make long` runs it")
def test_without_a_cluster_spark_runs_on_this_machine(world, parquet, tmp_path):
    given = ("--data", parquet, "--as-of", AS_OF, "--model", world.artefact)
    done = process("score", *given, "--out", "s.csv", "--engine", "spark", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert score(world, data=parquet, out="t.csv").code == 0
    assert (tmp_path / "s.csv").read_bytes() == (tmp_path / "t.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--report", "r.html"), 2, "--report is not for --engine spark"),
        (("--resume",), 2, "--resume is not for --engine spark"),
        (("--firms", "few.txt"), 2, "1 of the wanted firms are not in the firms table, 'NOBODY' the first"),
        (("--max-quarantined", "0"), 0, ""),
        (("--strict",), 7, "quarantined"),
    ],
)
def test_what_is_refused(spark, world, parquet, tmp_path, arguments, code, message):
    (tmp_path / "few.txt").write_text("NOBODY\n", encoding="utf-8")
    done = score(world, "--engine", "spark", "--no-reasons", *arguments, data=parquet, out="s.csv")
    assert (done.code, message in done.err) == (code, True), done.err
    assert (tmp_path / "s.csv").exists() == (code == 0)


def test_csv_tables_are_refused_in_one_line(spark, world):
    done = score(world, "--engine", "spark")
    assert (done.code, len(done.err.splitlines())) == (5, 1)
    assert "Spark reads Parquet" in done.err


def test_what_spark_says_is_one_line(spark):
    with pytest.raises(LittleGiantsError, match=r"^Spark failed: .*no_such") as caught, session() as found:
        found.table("no_such").collect()
    assert len(str(caught.value).splitlines()) == 1


def test_a_session_that_was_there_is_kept(spark):
    with session() as found:
        assert found is SparkSession.getActiveSession()
    assert spark.range(3).count() == 3
