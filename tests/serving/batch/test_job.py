"""A job: in partitions or at once, by one process or several, resumed or not, the same scores and the same sums."""

import shutil
from datetime import date

import msgspec
import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.serving.batch import job
from littlegiants.serving.batch.inputs import digested
from littlegiants.serving.batch.job import partitions_of, score_in_partitions, score_whole
from littlegiants.serving.batch.scored_partition import Order
from littlegiants.serving.batch.worker import score_kept_partition
from tests.small_model import AS_OF

WORK = "littlegiants.serving.batch.job.score_kept_partition"


def all_of(found):
    return pd.concat(found.frames(), ignore_index=True)


def check_same(found, whole):
    pd.testing.assert_frame_equal(all_of(found), all_of(whole), check_exact=True)
    assert found.market().tobytes() == whole.market().tobytes()
    pd.testing.assert_frame_equal(found.quarantine.frame(), whole.quarantine.frame())
    assert (found.account, found.summary) == (whole.account, whole.summary)


@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_partitions_are_together_the_whole(count, scorer, order, whole, tmp_path):
    check_same(score_in_partitions(scorer, order, tmp_path, count, 1), whole)


def test_several_processes_give_the_same(scorer, order, whole, tmp_path):
    said = []
    found = score_in_partitions(scorer, order, tmp_path, 3, 2, lambda done, count: said.append((done, count)))
    check_same(found, whole)
    assert said == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_scores_are_those_of_the_library(scorer, order, whole, tables, portfolio):
    ids = all_of(whole)["firm_id"]
    assert len(ids) > 50
    tables = tables.take(np.array(portfolio["firms"]["firm_id"], object))
    assert whole.whole is not None
    assert set(ids) <= set(tables.firm_ids)


def test_every_firm_and_every_row_is_accounted_for(whole, portfolio):
    account = whole.account
    # Two rows of one firm without a usable one, a row without an id, and a record that cannot be read.
    assert account.firms["rejected"] == 3
    assert account.total == len(set(portfolio["firms"]["firm_id"])) + 3
    assert account.firms["scored"] + account.firms["withheld"] == len(all_of(whole))
    assert account.firms["withheld"] == sum(account.withheld.values()) > 0
    assert all(sums.read == sums.used + sums.quarantined for sums in account.reconciliations)


@pytest.mark.parametrize("count", [1, 4])
def test_wanted_firms(count, scorer, order, whole, tmp_path):
    ids = all_of(whole)["firm_id"].tolist()
    wanted = msgspec.structs.replace(order, firms=tuple(sorted(ids[::5])))
    found = score_in_partitions(scorer, wanted, tmp_path, count, 1)
    expected = all_of(whole)
    pd.testing.assert_frame_equal(
        all_of(found), expected[expected["firm_id"].isin(wanted.firms)].reset_index(drop=True), check_exact=True
    )
    assert found.account == score_whole(scorer, wanted).account
    assert found.account.firms["not_wanted"] > 0
    unknown = msgspec.structs.replace(order, firms=("nobody", ids[0]))

    def in_partitions(scorer, order):
        return score_in_partitions(scorer, order, tmp_path, count, 1)

    earlier = msgspec.structs.replace(order, as_of=date(2012, 12, 31), explain=False)
    used = whole.whole.tables.firm_ids
    other = sorted(set(used) - set(all_of(score_whole(scorer, earlier))["firm_id"]))
    assert len(used) > len(other) > 2
    every = msgspec.structs.replace(earlier, firms=tuple(used.tolist()))
    for score in (score_whole, in_partitions):
        with pytest.raises(ConfigError, match="1 of the wanted firms are not in the firms table, 'nobody' the first"):
            score(scorer, unknown)
        with pytest.raises(
            ConfigError, match=f"{len(other)} of the wanted firms are not at risk on .*'{other[0]}' the f"
        ):
            score(scorer, every)


def test_the_inputs_are_those_that_were_read_even_by_a_run_before(scorer, order, place, tmp_path, monkeypatch):
    found = score_in_partitions(scorer, order, tmp_path, 3, 1)
    with digested(str(place)) as inputs:
        assert found.inputs == inputs == score_whole(scorer, order).inputs
    monkeypatch.setattr("littlegiants.serving.batch.job.digested", None)
    assert score_in_partitions(scorer, order, tmp_path, 3, 1).inputs == inputs


def test_what_is_done_is_not_done_again(scorer, order, whole, tmp_path, monkeypatch):
    done: list[int] = []

    def remembered(*task):
        done.append(task[1])
        score_kept_partition(*task)

    def stopped(*task):
        if len(done) == 2:
            raise KeyboardInterrupt
        remembered(*task)

    monkeypatch.setattr(WORK, stopped)
    with pytest.raises(KeyboardInterrupt):
        score_in_partitions(scorer, order, tmp_path, 4, 1)
    assert done == [0, 1]
    done.clear()
    monkeypatch.setattr(WORK, remembered)
    monkeypatch.setattr(job, "split_by_firm", None)
    check_same(score_in_partitions(scorer, order, tmp_path, 4, 1), whole)
    assert done == [2, 3]
    monkeypatch.setattr(WORK, None)
    check_same(score_in_partitions(scorer, order, tmp_path, 4, 1), whole)


def test_work_of_another_job_is_not_gone_on_with(scorer, order, whole, place, tmp_path):
    (tmp_path / "job").mkdir()
    score_in_partitions(scorer, order, tmp_path / "job", 3, 1)
    tokens = {path.name for path in (tmp_path / "job" / "done").iterdir()}
    changed = tmp_path / "changed"
    shutil.copytree(place, changed)
    score_in_partitions(scorer, msgspec.structs.replace(order, data=str(changed)), tmp_path / "job", 3, 1)
    assert tokens.isdisjoint(path.name for path in (tmp_path / "job" / "done").iterdir())
    (changed / "grants.csv").unlink()
    found = score_in_partitions(scorer, msgspec.structs.replace(order, data=str(changed)), tmp_path / "job", 3, 1)
    assert "grants" not in found.account.observed
    assert not all_of(found).equals(all_of(whole))


def test_a_password_is_not_kept(scorer, universe, tmp_path, monkeypatch):
    secret = "hunter2"  # noqa: S105
    order = Order(f"sqlite:///file:{tmp_path}/none.db?mode=ro&uri=true&password={secret}", AS_OF)
    with pytest.raises(TableError):
        score_in_partitions(scorer, order, tmp_path, 2, 1)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()] == []


def test_how_many_partitions(place):
    assert partitions_of(str(place), 10**9) == 1
    rows = sum(path.stat().st_size // 60 for path in place.glob("*.csv"))
    assert partitions_of(str(place), rows // 4) in (4, 5)


def test_a_table_that_is_wrong_as_a_whole_stops_the_job(scorer, order, place, tmp_path):
    wrong = tmp_path / "wrong"
    shutil.copytree(place, wrong)
    (wrong / "rounds.csv").write_text("firm_id,round_id\na,1\n")
    (tmp_path / "job").mkdir()
    with pytest.raises(TableError, match="rounds: column 'announced_on' is missing"):
        score_in_partitions(scorer, msgspec.structs.replace(order, data=str(wrong)), tmp_path / "job", 3, 2)


def test_whole_and_partitions_of_nothing(scorer, tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id,name\n")
    (tmp_path / "job").mkdir()
    order = Order(str(tmp_path), AS_OF)
    check_same(score_in_partitions(scorer, order, tmp_path / "job", 3, 2), score_whole(scorer, order))
    assert score_whole(scorer, order).account.total == 0
