"""Audits as a whole: what they must not depend on, and what they find in the real export of October 2013."""

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.ingest.audit.run import audit_tables
from littlegiants.ingest.errors import AsOfError, TableError
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from tests.conftest import examples
from tests.features.hand_tables import universe
from tests.ingest.audit.conftest import found


def write(folder, frames):
    folder.mkdir()
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A larger universe with late knowledge and corrections in every table."""
    return write(tmp_path_factory.mktemp("universe") / "tables", universe())


def said(audit) -> str:
    return json.dumps(audit.to_dict(), allow_nan=False)


def test_a_folder_against_itself_has_not_changed(whole):
    audit = audit_tables(whole, whole)
    assert audit.changes.empty
    compared = [f for f in audit.findings if f.check in ("back_filled", "vanished", "changed_fact")]
    assert {f.table for f in compared} == set(universe())
    assert {(f.count, f.severity.value) for f in compared} == {(0, "fine")}
    assert {c.added + c.vanished + c.declared for c in audit.comparisons or ()} == {0}
    assert audit.findings[: len(audit.findings) - len(compared)]


ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(0, 4),
        st.dates(date(2008, 1, 1), date(2014, 12, 31)),
        st.one_of(st.none(), st.dates(date(2008, 1, 1), date(2016, 12, 31))),
        st.sampled_from(["", "100", "2500.5"]),
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=examples(6, 15))
@given(rows=ROWS, cut=st.dates(date(2008, 1, 1), date(2016, 12, 31)))
def test_any_rows_against_themselves_have_not_changed(rows, cut, tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("any") / "tables", {"firms": FIRMS, "rounds": frame_of(rows)})
    audit = audit_tables(folder, folder, exported=cut)
    assert audit.changes.empty


@pytest.mark.slow
@settings(max_examples=examples(6, 15))
@given(rows=ROWS, cut=st.dates(date(2008, 1, 1), date(2016, 12, 31)))
def test_rows_of_after_the_export_are_no_back_fill(rows, cut, tmp_path_factory):
    # What an honest export of that day held, against one of later: rows come, none come too early.
    table = frame_of(rows).assign(known_on="")
    base = tmp_path_factory.mktemp("honest")
    later = write(base / "later", {"firms": FIRMS, "rounds": table})
    earlier = write(base / "earlier", {"firms": FIRMS, "rounds": table[table["announced_on"] <= cut.isoformat()]})
    assert audit_tables(earlier, later, exported=cut).changes.empty


FIRMS = pd.DataFrame({"firm_id": list("abc"), "founded_on": ["2001-01-01", "2010-01-01", ""]})


def frame_of(rows) -> pd.DataFrame:
    columns = ["firm_id", "round_id", "announced_on", "known_on", "amount"]
    table = pd.DataFrame(rows, columns=columns).astype(object)
    if table.empty:
        return table.astype("str").assign(kind="seed", currency="USD")
    table["announced_on"] = [day.isoformat() for day in table["announced_on"]]
    table["known_on"] = ["" if day is None else day.isoformat() for day in table["known_on"]]
    table["round_id"] = [str(number) for number in table["round_id"]]
    # A key once: which of two rows that contradict each other is quarantined is not the question here.
    return table.drop_duplicates(["firm_id", "round_id"]).assign(kind="seed", currency="USD")


@pytest.mark.slow
def test_order_of_rows_columns_and_format_does_not_matter(whole, tmp_path):
    rng = np.random.default_rng(3)
    shuffled = {name: part.sample(frac=1, random_state=rng)[part.columns[::-1]] for name, part in universe().items()}
    csv = write(tmp_path / "shuffled", shuffled)
    parquet = tmp_path / "parquet"
    parquet.mkdir()
    for name, part in shuffled.items():
        part.to_parquet(parquet / f"{name}.parquet", index=False)
    expected = said(audit_tables(whole, whole))
    assert said(audit_tables(csv, parquet)) == expected
    assert said(audit_tables(parquet, csv)) == expected


@pytest.mark.slow
def test_order_of_rows_does_not_matter_to_changes(whole, tmp_path):
    frames = universe()
    frames["rounds"] = frames["rounds"].sample(frac=0.8, random_state=1)
    shuffled = {name: part.sample(frac=1, random_state=2) for name, part in frames.items()}
    one = audit_tables(write(tmp_path / "one", frames), whole)
    other = audit_tables(write(tmp_path / "other", shuffled), whole)
    assert len(one.changes) > 0
    pd.testing.assert_frame_equal(one.changes, other.changes)
    assert said(one) == said(other)


def test_rows_that_break_the_contract_are_counted_and_not_audited(export):
    folder = export(
        firms="firm_id\na",
        rounds="firm_id round_id announced_on kind\na 1 2012-05-05 seed\nb 2 2012-05-05 seed\na 3 2012-01-01 none",
    )
    audit = audit_tables(folder)
    assert [str(table) for table in audit.reconciliations] == [
        "firms: 1 read = 1 used + 0 quarantined",
        "rounds: 3 read = 1 used + 2 quarantined (orphan_event 1, unknown_value 1)",
    ]
    assert (found(audit, "on_new_year", "rounds.announced_on").of, audit.firms) == (1, 1)


def test_amounts_stay_beside_their_rows_when_others_are_set_apart(export):
    rounds = "firm_id round_id announced_on kind amount currency\n"
    earlier = export("earlier", rounds=f"{rounds}a 9 2012-05-05 none 7 USD\na 1 2012-05-05 seed 5 EUR")
    later = export("later", rounds=f"{rounds}a 1 2012-05-05 seed 6 EUR")
    assert audit_tables(earlier, later).changes[["before", "after"]].to_numpy().tolist() == [["5", "6"]]


def test_firms_without_a_row(export):
    audit = audit_tables(export(firms="firm_id founded_on"))
    assert (audit.firms, audit.findings, dict(audit.last_days)) == (0, (), {})
    assert audit_tables(export("b", firms="firm_id founded_on"), export("c", firms="firm_id founded_on")).changes.empty


def test_refuses():
    tomorrow = datetime.now(tz=UTC).date() + timedelta(days=1)
    with pytest.raises(AsOfError, match=f"the export is said to be of {tomorrow}, which is after today"):
        audit_tables("anywhere", exported=tomorrow)
    with pytest.raises(TableError, match="nowhere is not a folder"):
        audit_tables("nowhere")


@pytest.mark.slow
def test_a_database(whole, tmp_path):
    from sqlalchemy import create_engine

    url = f"sqlite:///{tmp_path}/tables.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        for name, part in universe().items():
            part.to_sql(name, connection, index=False)
    engine.dispose()
    assert said(audit_tables(url, whole)) == said(audit_tables(whole, url))


@pytest.fixture(scope="module")
def crunchbase(real_data, tmp_path_factory):
    """The imported export of October 2013."""
    folder = tmp_path_factory.mktemp("crunchbase") / "tables"
    write_import(import_crunchbase(real_data / "crunchbase-2013-us"), folder)
    return folder


@pytest.fixture(scope="module")
def crunchbase_audit(crunchbase):
    return audit_tables(crunchbase, exported=date(2013, 10, 1))


@pytest.mark.parametrize(
    ("check", "place", "count", "of", "severity"),
    [
        ("no_known_on", "rounds", 31_616, 31_616, "serious"),
        ("no_known_on", "outcomes", 1_705, 1_705, "serious"),
        ("on_new_year", "firms.founded_on", 8_511, 13_676, "serious"),
        ("on_month_start", "firms.founded_on", 3_051, 13_676, "caution"),
        ("on_new_year", "rounds.announced_on", 1_681, 31_616, "caution"),
        ("on_month_start", "rounds.announced_on", 4_656, 31_616, "caution"),
        ("on_mid_year", "rounds.announced_on", 449, 31_616, "note"),
        ("before_founding", "rounds.announced_on", 870, 25_613, "caution"),
        ("undated_exits", "outcomes", 901, 2_606, "serious"),
        ("no_closures", "outcomes.kind", 0, 17_727, "caution"),
        ("future_dated", "firms", 4, 17_727, "note"),
        ("future_dated", "rounds", 0, 31_616, "fine"),
        ("coverage_growth", "rounds", 20_607, 25_769, "caution"),
        ("unit_jump", "rounds.amount", 0, 15, "fine"),
    ],
)
def test_real_export_of_2013(crunchbase_audit, check, place, count, of, severity):
    one = found(crunchbase_audit, check, place)
    assert (one.count, one.of, one.severity.value) == (count, of, severity)


def test_rounds_left_out_of_the_real_export_are_found_again(crunchbase, tmp_path):
    # The earlier export is made from the later one: what is known by 2011, less every tenth round.
    frames = {name: pd.read_csv(crunchbase / f"{name}.csv", dtype=str, keep_default_na=False) for name in NAMES}
    rounds = frames["rounds"]
    known = rounds[rounds["announced_on"] <= "2011-12-31"]
    held = known.drop(index=known.index[::10])
    audit = audit_tables(
        write(tmp_path / "earlier", {**frames, "rounds": held}), crunchbase, exported=date(2011, 12, 31)
    )
    filled = found(audit, "back_filled", "rounds")
    assert (filled.count, filled.of) == (len(known) - len(held), len(known))
    assert audit.changes["change"].eq("back-filled").all()
    assert len(audit.changes) == filled.count


NAMES = ("firms", "rounds", "outcomes")
