"""Scores on Spark, on a cluster of two workers: the same as on one machine, bit for bit, and each of them once."""

import os
import shutil
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark import TaskContext

from littlegiants.ingest.errors import AsOfError, ConfigError, StaleModelError, TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.scoring.score_columns import COLUMNS, SCORE_COLUMNS
from littlegiants.serving.batch.job import score_whole
from littlegiants.serving.batch.scored_partition import Order
from littlegiants.serving.scorer import Scorer
from littlegiants.serving.spark import job, score
from littlegiants.serving.spark.task import Task
from littlegiants.training.simulator import simulate
from tests.conftest import LONG
from tests.small_model import AS_OF

RECORD = ["table", "row", "column", "code", "value"]
# A row of each kind that is quarantined, two of them of a firm whose id has blanks around it.
DIRT = {
    "firms": [{"firm_id": "", "name": "Nameless"}],
    "rounds": [
        {"firm_id": "NOBODY", "round_id": "R", "announced_on": "2015-01-01", "kind": "seed"},
        {"firm_id": " {first} ", "round_id": "S", "announced_on": "2015-02-30", "kind": "seed"},
    ],
    "grants": [
        {"firm_id": "{first}", "grant_id": "G", "awarded_on": "2015-01-01", "amount": "-5", "currency": "USD"},
        {"firm_id": " {first}", "grant_id": "H", "awarded_on": "2015-01-01", "amount": "5", "currency": "USD"},
        {"firm_id": "{first}", "grant_id": "H", "awarded_on": "2015-01-01", "amount": "5", "currency": "USD"},
        {"firm_id": "{first}", "grant_id": "H", "awarded_on": "2015-01-01", "amount": "6", "currency": "USD"},
    ],
}


@pytest.fixture(scope="module")
def frames(universe) -> dict[str, pd.DataFrame]:
    """The universe with the rows of `DIRT` at the end of its tables, a column that is nobody's, and an empty table."""
    found = {path.stem: pd.read_csv(path, dtype="str", keep_default_na=False) for path in universe.glob("*.csv")}
    first = found["firms"]["firm_id"].iloc[0]
    for name, rows in DIRT.items():
        dirt = pd.DataFrame([{key: value.format(first=first) for key, value in row.items()} for row in rows])
        found[name] = pd.concat([found[name], dirt], ignore_index=True).fillna("").astype("str")
    found["rounds"] = found["rounds"].rename(columns={"kind": " Kind"}).assign(colour="red")
    found["outcomes"] = found["outcomes"].iloc[:0]
    return found


@pytest.fixture(scope="module")
def folder(frames, tmp_path_factory):
    """The same as a folder of Parquet files, some of whose columns are typed."""
    folder = tmp_path_factory.mktemp("parquet")
    for name, frame in frames.items():
        table = pa.Table.from_pandas(frame, preserve_index=False)
        if name == "financials":
            days = pd.to_datetime(frame["period_end"]).dt.date
            revenue = pd.to_numeric(frame["revenue"]).astype("float64")
            table = table.set_column(table.schema.get_field_index("period_end"), "period_end", pa.array(days))
            table = table.set_column(table.schema.get_field_index("revenue"), "revenue", pa.array(revenue))
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=2_000)
    return folder


@pytest.fixture(scope="module")
def whole(folder):
    return read_tables(folder)


@pytest.fixture(scope="module")
def expected(whole, model):
    """What one machine gives."""
    return Scorer(model).score(whole, AS_OF)


def to_pandas(frame, by: list[str]):
    return frame.toArrow().to_pandas().sort_values(by, ignore_index=True)


def assert_same_scores(found, expected: pd.DataFrame) -> None:
    frame = to_pandas(found, ["firm_id"])
    assert tuple(frame) == SCORE_COLUMNS
    for column in COLUMNS:
        one, other = frame[column.name], expected[column.name]
        if column.is_number:
            assert one.isna().equals(other.isna())
            assert one.dropna().to_numpy().tobytes() == other.dropna().to_numpy().tobytes(), column.name
        else:
            assert one.tolist() == other.tolist(), column.name


def assert_same_quarantine(found, whole) -> None:
    expected = whole.quarantine.frame().sort_values(RECORD)
    assert to_pandas(found.quarantine, RECORD).to_dict("list") == expected.to_dict("list")
    assert found.account.reconciliations == whole.reconciliations


def test_a_folder_is_scored_and_accounted_for_as_on_one_machine(spark, folder, artefact, whole, expected):
    found = score(spark, folder, AS_OF, artefact, firms_of_task=700)
    assert len(expected) > 500
    assert expected["reason_1"].ne("").any()
    assert_same_scores(found.scores, expected)
    assert_same_quarantine(found, whole)
    assert {code for sums in found.account.reconciliations for code in sums.by_code} == {
        "duplicate_conflict",
        "impossible_date",
        "missing_key",
        "negative_amount",
        "orphan_event",
    }
    found.release()


def test_data_frames_are_scored_as_a_folder_is(spark, folder, artefact, whole, expected):
    frames = {path.stem: spark.read.parquet(str(path)) for path in folder.glob("*.parquet")}
    found = score(spark, frames, AS_OF, artefact, explain=False)
    plain = expected.assign(reason_1="", reason_2="", reason_3="")
    assert_same_scores(found.scores, plain)
    assert found.account.reconciliations == whole.reconciliations
    found.release()


@pytest.mark.skipif(LONG == 1, reason="takes minutes; `make long` runs it")
def test_a_hundred_thousand_firms_are_scored_as_on_one_machine(spark, artefact, model, tmp_path):
    simulate(tmp_path, firms=100_000, seed=11, fmt="parquet")
    whole = read_tables(tmp_path)
    found = score(spark, tmp_path, AS_OF, artefact)
    assert_same_scores(found.scores, Scorer(model).score(whole, AS_OF))
    assert_same_quarantine(found, whole)
    found.release()


@dataclass(frozen=True)
class Noted(Task):
    """A task that leaves a file for each of its attempts, and may hinder the first."""

    folder: str = ""

    def __call__(self, batches):
        context = TaskContext.get()
        assert context is not None
        first = context.attemptNumber() == 0 and context.partitionId() == 0
        Path(self.folder, f"{context.partitionId()} {context.taskAttemptId()}").touch()
        for number, result in enumerate(super().__call__(batches)):
            if first and number == 1:
                self.hinder()
            yield result

    def hinder(self) -> None:
        """Do nothing."""


class Dying(Noted):
    """Its process ends before its first results are complete."""

    def hinder(self) -> None:
        time.sleep(1)  # until Spark has taken what came before
        os._exit(1)


class Hanging(Noted):
    """Its first attempt hangs, so that Spark begins another on the other worker."""

    def hinder(self) -> None:
        time.sleep(120)


@pytest.mark.parametrize("kind", [Dying, Hanging])
def test_a_task_that_runs_twice_gives_its_scores_once(
    kind, spark, folder, artefact, whole, expected, monkeypatch, tmp_path
):
    monkeypatch.setattr(job, "Task", partial(kind, folder=str(tmp_path)))
    found = score(spark, folder, AS_OF, artefact)
    assert_same_scores(found.scores, expected)
    assert_same_quarantine(found, whole)
    attempts = [path.name.split()[0] for path in tmp_path.iterdir()]
    # An executor that dies may take a task along that it runs beside.
    assert attempts.count("0") >= 2
    assert set(attempts) == {"0", "1"}
    found.release()


def test_a_table_of_rates_serves_every_bucket(spark, folder, trained, tmp_path):
    shutil.copytree(folder, tmp_path / "data")
    rates = [("EUR", "2005-01-02", "1.2"), ("CNY", "2005-01-02", "0.16"), ("EUR", "2006-02-30", "1.3")]
    table = pa.Table.from_pylist([dict(zip(("currency", "published_on", "usd"), row, strict=True)) for row in rates])
    pq.write_table(table, tmp_path / "data" / "rates.parquet")
    whole, manifest = read_tables(tmp_path / "data"), trained.model.manifest
    rule = whole.money.rule(manifest.dates.known_by)
    other = replace(trained.model, manifest=manifest.model_copy(update={"money": rule}))
    model = write_artefact(other, tmp_path / "model")
    found = score(spark, tmp_path / "data", AS_OF, tmp_path / "model", explain=False, firms_of_task=700)
    assert_same_scores(found.scores, Scorer(model).score(whole, AS_OF, explain=False))
    assert_same_quarantine(found, whole)
    assert next(sums for sums in found.account.reconciliations if sums.table == "rates").quarantined == 1
    assert sum(sums.by_code.get("no_exchange_rate", 0) for sums in found.account.reconciliations) > 0
    found.release()


def test_money_made_in_another_way_is_refused(spark, folder, artefact, tmp_path):
    shutil.copytree(folder, tmp_path / "data")
    pq.write_table(
        pa.table({"currency": ["EUR"], "published_on": ["2005-01-02"], "usd": ["1.2"]}),
        tmp_path / "data" / "rates.parquet",
    )
    with pytest.raises(ConfigError, match="money is made with"):
        score(spark, tmp_path / "data", AS_OF, artefact)


def test_what_is_wrong_with_a_table_is_said_as_on_one_machine(spark, folder, artefact):
    frames = {path.stem: spark.read.parquet(str(path)) for path in folder.glob("*.parquet")}
    firms = frames["firms"]
    for change, message in (
        ({"firm": firms}, "unknown table 'firm'"),
        ({"firms": firms.drop("firm_id")}, "column 'firm_id' is missing"),
        ({"firms": firms.withColumnRenamed("founded_on", "fouded_on")}, "did you mean 'founded_on'"),
        ({"firms": firms.selectExpr("*", "city as ` City`")}, "column 'city' stands 2 times"),
        ({"firms": firms.selectExpr("1 as firm_id")}, "firms.firm_id holds int32, expected text"),
        (
            {"rounds": frames["rounds"].selectExpr("firm_id", "round_id", "` Kind`", "now() as announced_on")},
            "with a zone",
        ),
    ):
        with pytest.raises(TableError, match=message):
            score(spark, {**frames, **change}, AS_OF, artefact)
    with pytest.raises(TableError, match="there is no table 'firms'"):
        score(spark, {"rounds": frames["rounds"]}, AS_OF, artefact)


def test_the_files_of_a_table_are_numbered_through_all(spark, folder, artefact, tmp_path):
    shutil.copytree(folder, tmp_path / "data")
    rounds = pq.read_table(tmp_path / "data" / "rounds.parquet")
    (tmp_path / "data" / "rounds.parquet").unlink()
    (tmp_path / "data" / "rounds").mkdir()
    for number, rows in enumerate((rounds.slice(0, 900), rounds.slice(900))):
        pq.write_table(rows, tmp_path / "data" / "rounds" / f"part-{number}.parquet")
    found = score(spark, tmp_path / "data", AS_OF, artefact, explain=False)
    assert_same_quarantine(found, read_tables(tmp_path / "data"))
    found.release()
    pq.write_table(rounds.drop_columns(["amount"]), tmp_path / "data" / "rounds" / "part-2.parquet")
    with pytest.raises(TableError, match=r"part-2\.parquet has other columns than part-0\.parquet"):
        score(spark, tmp_path / "data", AS_OF, artefact, explain=False)


def test_firms_end_as_on_one_machine(spark, folder, artefact, model):
    order = Order(str(folder), AS_OF, watch=True)
    here = score_whole(Scorer(model), order)
    there = score(spark, folder, AS_OF, artefact, explain=False, watch=True, firms_of_task=300)
    assert there.account == here.account
    assert there.summary == here.summary
    assert there.account.firms["left"] == 0 < there.account.firms["scored"]
    there.release()


def test_firms_that_are_wanted_are_scored_or_refused(spark, folder, artefact, expected):
    wanted = expected["firm_id"].tolist()[3:40:4]
    found = score(spark, folder, AS_OF, artefact, firms=wanted, explain=False)
    assert to_pandas(found.scores, ["firm_id"])["firm_id"].tolist() == wanted
    found.release()
    with pytest.raises(ConfigError, match="1 of the wanted firms are not in the firms table, 'NOBODY' the first"):
        score(spark, folder, AS_OF, artefact, firms=[*wanted, "NOBODY"], explain=False)


def test_an_unread_column_can_be_insisted_on(spark, folder, artefact, expected):
    frames = {path.stem: spark.read.parquet(str(path)) for path in folder.glob("*.parquet")}
    firms = frames["firms"].drop("website").selectExpr("*", "'x' as web_site")
    found = score(spark, {**frames, "firms": firms}, AS_OF, artefact, explain=False, ignore_columns=["web_site"])
    assert found.scores.count() == len(expected)
    assert found.account.reconciliations[0].ignored_columns == ("web_site",)
    found.release()


def test_what_no_task_need_run_for_is_refused_before_any_does(spark, folder, universe, artefact, tmp_path):
    for error, message, arguments in (
        (AsOfError, "1980", (folder, AS_OF.replace(year=1970), artefact)),
        (StaleModelError, "expired", (folder, AS_OF.replace(year=2050), artefact)),
        (TableError, "Spark reads Parquet", (universe, AS_OF, artefact)),
        (TableError, "not a folder", (tmp_path / "none", AS_OF, artefact)),
        (ConfigError, "of the contract", (folder, AS_OF, artefact)),
    ):
        ignored = ["city"] if error is ConfigError else []
        with pytest.raises(error, match=message):
            score(spark, *arguments, ignore_columns=ignored)


def test_a_file_that_is_no_parquet_is_refused_by_name(spark, tmp_path, artefact):
    (tmp_path / "firms.parquet").write_bytes(b"PAR1 and nothing else PAR1")
    with pytest.raises(TableError, match=r"firms\.parquet cannot be read"):
        score(spark, tmp_path, AS_OF, artefact)
