"""Nothing that becomes known after the as-of date changes a bit of what is said as of it; and like invariances.

Small worlds are drawn at random: all tables or some, rows known late, corrections, missing values, rows that are
quarantined. The invariance in time is tried on `CASES` pairs of worlds, the same ones every time.
``LITTLEGIANTS_LONG_TESTS=20``, which is what ``make long`` sets, tries 10,000, and far more of all else as well;
``--hypothesis-profile=search`` looks for new counter-examples.
"""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from littlegiants.features.population.population import Population
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.contract import ENDING_TABLES, SIGNAL_TABLES, TABLES
from tests.conftest import examples
from tests.features.invariance import (
    at_risk,
    check_future,
    check_known_by,
    check_labels,
    check_later_population,
    check_order,
    check_records,
    check_rule,
    check_unpublished_rates,
    check_unrelated_firms,
    check_windows,
    said,
)
from tests.features.worlds import AS_OF, CROWD, drawn, frames, future, futures, load, side_by_side, worlds

pytestmark = pytest.mark.slow

EXAMPLES = settings(max_examples=examples(10, 25))
CASES = examples(250, 500)
# Put side by side, pairs cost a quarter; a set of them is one test, so that two processes can share the long run.
PER_SET, TOGETHER = 250, 25


@pytest.mark.parametrize("number", range(CASES // PER_SET))
def test_rows_known_later_change_nothing_whether_added_edited_or_deleted(number):
    pairs = drawn(future, PER_SET, number)
    assert len({repr(pair) for pair in pairs}) == PER_SET
    for first in range(0, PER_SET, TOGETHER):
        some = pairs[first : first + TOGETHER]
        check_on_all(check_future, some, before=(0, 1, 40, 400)[first // TOGETHER % 4])
        check_on_all(check_later_population, some)


def check_on_all(check, pairs, **options):
    """Run a check on pairs of worlds side by side; where it fails, say on which pair alone it fails."""
    try:
        check(*map(side_by_side, zip(*pairs, strict=True)), **options)
    except AssertionError:
        for pair in pairs:
            check(*pair, **options)
        raise


@EXAMPLES
@given(futures(), st.sampled_from([0, 1, 40, 400]))
def test_the_future_of_one_world_changes_nothing(pair, before):
    """One pair at a time, which Hypothesis makes small where it fails."""
    world, other = pair
    check_future(world, other, before)


@EXAMPLES
@given(worlds())
def test_the_rows_seen_are_those_of_the_rule(world):
    check_rule(world)
    check_windows(world)


@EXAMPLES
@given(worlds(), st.integers(0, 400))
def test_what_was_known_by_a_day_is_all_that_a_snapshot_needs(world, later):
    check_known_by(world, later)


@EXAMPLES
@given(worlds())
def test_exchange_rates_not_yet_published_change_nothing(world):
    check_unpublished_rates(world)


@EXAMPLES
@given(worlds())
def test_labels_are_those_of_the_rule(world):
    check_labels(world)


@EXAMPLES
@given(worlds())
def test_records_of_investors_are_those_of_their_other_firms(world):
    check_records(world)


@EXAMPLES
@given(worlds(), worlds())
def test_unrelated_firms_change_nothing_of_a_firm(world, others):
    check_unrelated_firms(world, others)


@EXAMPLES
@given(worlds(), st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_of_rows_matter(world, random):
    check_order(world, random)


@EXAMPLES
@given(worlds(), st.integers(1, 30), st.data())
def test_neither_chunks_nor_slices_matter(world, chunk, data):
    tables = load(world)
    population = Population.fit(tables, AS_OF)
    whole = said(tables, population)
    assert said(tables, population, chunk=chunk) == whole
    first = data.draw(st.integers(0, len(tables)))
    last = data.draw(st.integers(first, len(tables)))
    ids, values, unseen, events = said(tables.slice(first, last), population)
    low, high = np.searchsorted(whole[0], ids[0]) if ids else 0, 0
    high = low + len(ids)
    width = len(whole[1]) // max(len(whole[0]), 1)
    assert (ids, unseen, events) == (whole[0][low:high], whole[2][low:high], whole[3][low:high])
    assert values == whole[1][low * width : high * width]


@settings(max_examples=max(EXAMPLES.max_examples // 4, 5))
@given(world=worlds(), random=st.randoms(use_true_random=False))
def test_csv_parquet_and_database_give_the_same_tables(world, random, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    tables = load(world)
    engine = create_engine(f"sqlite:///{folder}/tables.db")
    with engine.begin() as connection:
        for name, frame in frames(world).items():
            frame.to_sql(name, connection, index=False)
    engine.dispose()
    for suffix in ("csv", "parquet", "mixed"):
        (folder / suffix).mkdir()
        for name, frame in frames(world).items():
            if suffix == "csv" or (suffix == "mixed" and random.random() < 0.5):
                frame.to_csv(folder / suffix / f"{name}.csv", index=False)
            else:
                typed = frame.assign(
                    **{c.name: pd.to_datetime(frame[c.name]) for c in TABLES[name].columns if c.kind == "date"}
                )
                typed.to_parquet(folder / suffix / f"{name}.parquet", index=False)
    population = Population.fit(tables, AS_OF)
    for place in (folder / "csv", folder / "parquet", folder / "mixed", f"sqlite:///{folder}/tables.db"):
        read = read_tables(place)
        assert read.digest() == tables.digest()
        assert said(read, population) == said(tables, population)
        pd.testing.assert_frame_equal(
            read.quarantine.frame()[["table", "row", "code"]], tables.quarantine.frame()[["table", "row", "code"]]
        )


@pytest.mark.parametrize("table", [*SIGNAL_TABLES, *ENDING_TABLES])
def test_what_becomes_known_on_the_day_itself_is_seen_and_the_day_after_is_not(table):
    """Without this, the invariances could hold because no table is ever looked at."""
    spec = TABLES[table]
    row = {c.name: (*c.choices, "1")[0] for c in spec.columns if c.required} | {
        "firm_id": "a",
        spec.event: "2015-01-01",
    }
    base = {"firms": [*CROWD, {"firm_id": "a", "founded_on": "2001-01-01"}], table: []}
    population = Population.empty()
    seen = []
    for known in (AS_OF, AS_OF + timedelta(days=1)):
        tables = load({**base, table: [row | {"known_on": str(known)}]})
        seen.append(
            (said(tables, population) != said(load(base), population)) or at_risk(tables) != at_risk(load(base))
        )
    assert seen == [True, False]
