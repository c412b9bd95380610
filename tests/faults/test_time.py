"""Days, knowledge and history: what was known when, days that cannot be, firms without events, a clock gone wrong."""

import os
import shutil
import subprocess
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from littlegiants.cli.app import run
from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FAMILIES, FEATURES, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.audit.run import audit_tables
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.serving.scorer import Scorer
from tests.conftest import ROOT
from tests.faults.files import FIRMS, ROUNDS, put, quarantine_of, read
from tests.small_model import AS_OF

pytestmark = pytest.mark.slow

DAY = date(2016, 2, 29)


def feature(tables, name, as_of=DAY):
    """Return one feature of all firms."""
    return feature_matrix(tables, as_of, Population.empty()).values[:, FEATURES.index(name)].tolist()


def test_t02_an_event_that_became_known_after_the_as_of_date_is_not_seen(tmp_path):
    rows = "b,r1,2016-02-01,seed,1,USD,2016-03-01\n"
    tables = read(tmp_path, rounds=f"{ROUNDS.rstrip()},known_on\n{rows}")
    assert feature(tables, "rounds_count") == [0, 0]
    assert feature(tables, "rounds_count", date(2016, 3, 1)) == [0, 1]


def test_t03_a_restated_amount_counts_from_the_day_of_its_restatement(tmp_path):
    rows = "b,g,2015-01-01,100,USD,\nb,g,2015-01-01,900,USD,2016-03-01\n"
    tables = read(tmp_path, grants=f"firm_id,grant_id,awarded_on,amount,currency,known_on\n{rows}")
    assert quarantine_of(tables) == []
    days = (date(2014, 12, 31), date(2015, 1, 1), DAY, date(2016, 3, 1))
    assert [feature(tables, "grant_usd", day)[1] for day in days] == [0, 100, 100, 900]


def test_t04_an_event_of_the_as_of_date_is_seen_and_no_time_of_day_or_zone_can_move_it(tmp_path):
    tables = read(tmp_path, rounds=f"{ROUNDS}b,r1,2016-02-29,seed,1,USD\n")
    assert feature(tables, "rounds_count") == [0, 1]
    assert feature(tables, "rounds_count", DAY - timedelta(days=1)) == [0, 0]
    zoned = read(tmp_path, rounds=f"{ROUNDS}b,r1,2016-03-01T00:00:00+08:00,seed,1,USD\n")
    assert quarantine_of(zoned) == [("rounds", 1, "announced_on", "impossible_date")]
    (tmp_path / "rounds.csv").unlink()
    midnight = pa.array([pd.Timestamp("2016-03-01", tz="Asia/Shanghai")])
    pq.write_table(
        pa.table({"firm_id": ["b"], "round_id": ["r"], "announced_on": midnight, "kind": ["seed"]}),
        tmp_path / "rounds.parquet",
    )
    with pytest.raises(TableError, match=r"rounds\.announced_on holds times with a zone; store the calendar date"):
        read_tables(tmp_path)


@pytest.mark.parametrize(
    "day", ["2015-02-29", "2015-04-31", "0000-00-00", "9999-12-31", "1900-01-01", "0001-01-01", "2016-13-01"]
)
def test_t06_days_that_cannot_be_are_set_apart(day, tmp_path):
    tables = read(tmp_path, rounds=f"{ROUNDS}b,r1,{day},seed,1,USD\nb,r2,2016-02-29,seed,1,USD\n")
    assert quarantine_of(tables) == [("rounds", 1, "announced_on", "impossible_date")]


@pytest.mark.parametrize(
    "day", ["29/02/2016", "02/29/2016", "42429", "1456704000", "1456704000000", "1456704000000000", "20160229"]
)
def test_t07_days_in_forms_that_could_be_another_day_are_set_apart(day, tmp_path):
    tables = read(tmp_path, rounds=f"{ROUNDS}b,r1,{day},seed,1,USD\n")
    assert quarantine_of(tables) == [("rounds", 1, "announced_on", "impossible_date")]


def test_t08_impossible_foundings_are_set_apart_and_doubtful_ones_are_counted_by_the_audit(tmp_path):
    firms = "firm_id,founded_on\na,1066-10-14\nb,2002-03-04\nc,2090-01-02\nd,2003-03-04\n"
    rounds = f"{ROUNDS}b,r1,2001-02-03,seed,1,USD\nd,r2,2012-02-03,seed,1,USD\nc,r3,2012-02-03,seed,1,USD\n"
    outcomes = "firm_id,happened_on,kind\nd,2010-05-06,closure\n"
    tables = read(tmp_path, firms=firms, rounds=rounds, outcomes=outcomes)
    assert quarantine_of(tables) == [("firms", 1, "founded_on", "impossible_date")]
    # A founding to come is not told, and money before the founding shows as a negative age.
    assert feature(tables, "founded_known") == [1, 0, 1]
    assert feature(tables, "age_at_first_round")[0] < 0
    found = {(finding.table, finding.check): finding.count for finding in audit_tables(tmp_path).findings}
    assert found["rounds", "before_founding"] == 2
    # A firm that has closed is no longer at risk, whatever is told of it later.
    assert tables.firm_ids[cohort(Snapshot(tables, DAY))].tolist() == ["b", "c"]


def test_t14_a_renamed_or_moved_firm_is_as_it_was_known_on_the_day(tmp_path):
    firms = "firm_id,name,region,founded_on,known_on\na,Old,Oslo,2001-01-02,\na,New,Bergen,2001-01-02,2016-03-01\n"
    tables = read(tmp_path, firms=firms)
    assert [Snapshot(tables, day).text("name").tolist() for day in (DAY, date(2016, 3, 1))] == [["Old"], ["New"]]
    assert Snapshot(tables, DAY).text("region").tolist() == ["Oslo"]


def test_t14_a_firm_that_is_merged_into_another_is_at_risk_until_that_is_known(tmp_path):
    outcomes = "firm_id,happened_on,kind,known_on\n007,2016-01-05,acquisition,2016-03-01\n"
    tables = read(tmp_path, outcomes=outcomes)
    at_risk = [tables.firm_ids[cohort(Snapshot(tables, day))].tolist() for day in (DAY, date(2016, 3, 1))]
    assert at_risk == [["007", "b"], ["b"]]


def test_t14_one_firm_under_two_ids_is_counted_by_the_audit(tmp_path):
    put(tmp_path, firms="firm_id,name,founded_on\na,Acme AS,2001-01-02\nb,ACME A/S,2001-01-02\nc,Bo,2001-01-02\n")
    found = {finding.check: finding.count for finding in audit_tables(tmp_path).findings}
    assert found["duplicate_name"] == 2


def test_t15_events_of_unknown_firms_are_counted_and_the_command_line_says_so(tmp_path, capsys):
    tables = read(tmp_path, rounds=f"{ROUNDS}x,r1,2010-01-01,seed,1,USD\nb,r2,2010-01-01,seed,1,USD\n")
    assert quarantine_of(tables) == [("rounds", 1, "firm_id", "orphan_event")]
    assert tables.reconciliations[1].by_code == {"orphan_event": 1}
    run(["audit", str(tmp_path)])
    assert "rounds 2 read = 1 used + 1 quarantined orphan_event 1" in " ".join("".join(capsys.readouterr()).split())


def test_t16_a_firm_without_events_has_a_score_with_an_interval_or_none_and_a_reason(model, tmp_path):
    scores = Scorer(model).score(read(tmp_path, rounds=ROUNDS), AS_OF)
    assert scores["firm_id"].tolist() == ["007", "b"]
    given, withheld = scores[~scores["abstained"]], scores[scores["abstained"]]
    assert (given["p_market_low"] < given["p_market_high"]).all()
    assert withheld["p_market"].isna().all()
    assert (withheld["abstain_reason"] != "").all()


def test_t18_a_patent_is_seen_once_public_and_its_grant_once_granted(tmp_path):
    patents = "firm_id,patent_id,filed_on,published_on,granted_on\nb,p,2014-02-03,2015-08-04,2016-03-01\n"
    tables = read(tmp_path, patents=patents)
    days = [date(2015, 8, 3), date(2015, 8, 4), DAY, date(2016, 3, 1)]
    assert [feature(tables, "patents_count", day)[1] for day in days] == [0, 1, 1, 1]
    assert str([feature(tables, "patents_granted_share", day)[1] for day in days]) == "[nan, 0.0, 0.0, 1.0]"


def test_t19_outcomes_joined_to_the_firms_change_nothing(tmp_path):
    expected = read(tmp_path, rounds=f"{ROUNDS}b,r1,2010-01-01,seed,1,USD\n")
    lines = zip(FIRMS.splitlines(), ["kind,happened_on", "ipo,2017-01-01", ","], strict=True)
    joined = read(tmp_path, firms="\n".join(map(",".join, lines)) + "\n")
    assert joined.digest() == expected.digest()
    assert joined.reconciliations[0].ignored_columns == ("happened_on", "kind")
    made = [feature_matrix(tables, DAY, Population.empty()).values.tobytes() for tables in (joined, expected)]
    assert made[0] == made[1]


def test_t19_a_signal_that_reaches_for_the_tables_breaks_the_build(tmp_path):
    for package in ("cli", "features", "ingest", "models", "reports", "serving", "training"):
        shutil.copytree(
            ROOT / package, tmp_path / "littlegiants" / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    mistaken = tmp_path / "littlegiants" / "features" / "families" / "funding.py"
    for added, status in (("", 0), ("\nfrom littlegiants.ingest.tables.tables import Tables\n", 1)):
        mistaken.write_text(mistaken.read_text(encoding="utf-8") + added, encoding="utf-8")
        checked = subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            check=False,
            capture_output=True,
            text=True,
        )
        assert checked.returncode == status, checked.stdout[-3000:]
    assert "littlegiants.features.families.funding -> littlegiants.ingest.tables.tables" in checked.stdout


def test_t19_every_family_of_signals_is_under_that_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (snapshot,) = [contract for contract in contracts if contract["id"] == "snapshot"]
    assert snapshot["source_modules"] == ["littlegiants.features.families.*"]
    assert {module.__name__.rpartition(".")[0] for module in FAMILIES.values()} == {"littlegiants.features.families"}


PROGRAM = """
import datetime, sys, time
years = int(sys.argv.pop(1))
real, shift = time.time, datetime.timedelta(days=365 * years)
time.time = lambda: real() + shift.total_seconds()
class Date(datetime.date):
    @classmethod
    def today(cls):
        return (datetime.datetime.now() + shift).date()
class Moment(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + shift
import littlegiants.ingest.audit.run, littlegiants.training.data_end
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith("littlegiants") and hasattr(module, "datetime"):
        module.datetime = Moment
from littlegiants.cli.app import run
sys.exit(run(sys.argv[1:]))
"""


def test_t20_a_clock_set_back_or_forward_changes_no_score(artefact, universe, tmp_path):
    written = []
    for years in (-1, 1):
        out = tmp_path / f"{years}.csv"
        arguments = ["score", "--data", universe, "--model", artefact, "--as-of", AS_OF, "--out", out]
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(years), *map(str, arguments)],
            check=True,
            capture_output=True,
            timeout=120,
            cwd=tmp_path,
        )
        written.append(out.read_bytes())
    assert written[0] == written[1]
    assert len(written[0]) > 1_000


def test_t20_a_score_without_an_as_of_date_is_refused(universe, capsys, tmp_path):
    assert run(["score", "--data", str(universe), "--out", str(tmp_path / "scores.csv")]) == 2
    assert "--as-of" in capsys.readouterr().err
