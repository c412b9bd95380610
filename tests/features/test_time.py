"""Nothing that becomes known after the as-of date changes a bit of what is said as of it; and like invariances.

Small worlds are drawn at random: all tables or some, rows known late, corrections, missing values, rows that are
quarantined. ``--hypothesis-profile=search`` tries many more of them, and so does ``LITTLEGIANTS_LONG_TESTS=20``, which
multiplies the number of examples.
"""

import os
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from littlegiants.features.cohort import cohort
from littlegiants.features.contract import EVENT_TABLES, GRANT_LEVELS, OUTCOME_KINDS, ROUND_KINDS, TABLES
from littlegiants.features.matrix import feature_matrix
from littlegiants.features.population import Population
from littlegiants.features.reading import read_tables
from littlegiants.features.snapshot import Snapshot
from littlegiants.features.tables import Tables

LONG = int(os.environ.get("LITTLEGIANTS_LONG_TESTS") or 1)
EXAMPLES = settings(max_examples=settings().max_examples // 4 * LONG)

FIRMS = ("a", "b", "c", "d")
AS_OF = date(2016, 2, 29)
OFFSETS = (
    -4000,
    -1500,
    -731,
    -730,
    -400,
    -366,
    -365,
    -130,
    -120,
    -119,
    -31,
    -29,
    -2,
    -1,
    0,
    1,
    2,
    31,
    60,
    300,
    400,
    900,
)
DAY = st.sampled_from([str(AS_OF + timedelta(days=offset)) for offset in OFFSETS])
LATER = st.sampled_from([str(AS_OF + timedelta(days=offset)) for offset in (1, 2, 31, 400)])
KNOWN = st.just("") | DAY
AMOUNT = st.sampled_from(["", "0", "0.01", "250000.5", "1e6", "73000000"])
COUNT = st.sampled_from(["", "0", "1", "7"])
CURRENCY = st.sampled_from(["USD", "EUR", "CNY", "USD", ""])
KEY = st.sampled_from(["1", "2", "3", "4"])
FIRM = st.sampled_from(FIRMS)
SECTORS = st.sampled_from(["", "web", "AI;web", "bio;ai;web", "chips"])
PLACE = st.sampled_from(["", "Oslo", "Bergen"])
CELLS = {
    "firms": {
        "firm_id": FIRM,
        "founded_on": KNOWN,
        "sectors": SECTORS,
        "region": PLACE,
        "country": st.sampled_from(["", "NO"]),
    },
    "rounds": {
        "firm_id": FIRM,
        "round_id": KEY,
        "announced_on": DAY,
        "kind": st.sampled_from(ROUND_KINDS),
        "amount": AMOUNT,
        "currency": CURRENCY,
        "investor_count": COUNT,
        "state_backed_share": st.sampled_from(["", "0", "0.3", "1"]),
        "post_money": AMOUNT,
    },
    "grants": {
        "firm_id": FIRM,
        "grant_id": KEY,
        "awarded_on": DAY,
        "amount": AMOUNT,
        "currency": CURRENCY,
        "programme": st.sampled_from(["", "EIC", "SBIR"]),
        "level": st.sampled_from(["", *GRANT_LEVELS]),
        "phase": st.sampled_from(["", "1", "2"]),
    },
    "patents": {
        "firm_id": FIRM,
        "patent_id": KEY,
        "filed_on": DAY,
        "published_on": KNOWN,
        "granted_on": KNOWN,
        "classes": st.sampled_from(["", "G06F1/16", "G06F3/01;H04L9/32", "A61K31/00"]),
        "citations": COUNT,
    },
    "recognitions": {
        "firm_id": FIRM,
        "scheme": st.sampled_from(["x", "y"]),
        "tier": st.sampled_from("1234"),
        "awarded_on": DAY,
        "expires_on": KNOWN,
    },
    "financials": {
        "firm_id": FIRM,
        "period_end": DAY,
        "revenue": AMOUNT,
        "export_revenue": AMOUNT,
        "rnd_expense": AMOUNT,
        "subsidy_income": AMOUNT,
        "employees": COUNT,
        "currency": CURRENCY,
    },
    "outcomes": {
        "firm_id": FIRM,
        "happened_on": DAY,
        "kind": st.sampled_from(OUTCOME_KINDS),
        "amount": AMOUNT,
        "currency": CURRENCY,
    },
}
# So many firms of one kind that the population tells it apart.
CROWD = [
    {
        "firm_id": f"x{n:02d}",
        "founded_on": "2009-01-01",
        "sectors": "web",
        "region": "Oslo",
        "country": "NO",
        "known_on": "",
    }
    for n in range(24)
]


def rows(table, known=KNOWN, most=5):
    return st.lists(st.fixed_dictionaries({**CELLS[table], "known_on": known}), max_size=most)


@st.composite
def worlds(draw):
    """Lists of rows by table; every firm has a row that may state no day at all, and some have corrections."""
    founding = st.fixed_dictionaries({**CELLS["firms"], "known_on": KNOWN})
    firms = [draw(founding) | {"firm_id": firm} for firm in FIRMS]
    world = {"firms": CROWD + firms + draw(rows("firms", DAY, 3))}
    for table in EVENT_TABLES:
        if draw(st.integers(0, 5)):
            world[table] = draw(rows(table))
    return world


def load(world):
    return Tables.from_frames(frames(world))


def frames(world):
    return {name: pd.DataFrame(some, columns=[*CELLS[name], "known_on"], dtype="str") for name, some in world.items()}


def known_on(table, row):
    """Return the day on which a row of an event table is known: the contract's rule, told once more."""
    event = row[TABLES[table].event]
    default = event
    if table == "patents":
        default = row["published_on"] or str(pd.Timestamp(event).date() + pd.DateOffset(months=18))[:10]
    if table == "financials":
        default = str(date.fromisoformat(event) + timedelta(days=120))
    return max(row["known_on"] or default, event)


def past_of(world):
    """Return the rows known by the as-of date, and those of firms that do not state a day (it may lie before it)."""
    past = {
        name: [row for row in some if known_on(name, row) <= str(AS_OF)]
        for name, some in world.items()
        if name != "firms"
    }
    return {"firms": [row for row in world["firms"] if row["known_on"] <= str(AS_OF)], **past}


def said(tables, population, as_of=AS_OF, **options):
    """Return every bit that is said of the firms known on a day."""
    known = np.flatnonzero(Snapshot(tables, as_of).known)
    matrix = feature_matrix(tables, as_of, population, known, **options)
    return matrix.firm_ids.tolist(), matrix.values.tobytes(), matrix.unseen.tolist(), matrix.events.tolist()


def at_risk(tables, as_of=AS_OF):
    snapshot = Snapshot(tables, as_of)
    return [snapshot.firm_ids[cohort(snapshot, require)].tolist() for require in (False, True)]


@st.composite
def futures(draw):
    """Draw two worlds that agree on all that is known by the as-of date, and on nothing else."""
    world = draw(worlds())
    other = {name: [row.copy() for row in some] for name, some in past_of(world).items()}
    for table in world:
        some = draw(rows(table, LATER, 4))
        # Rows that state no day are known from their event, or by their table's rule.
        some += [
            row for row in draw(rows(table, st.just(""), 3)) if table != "firms" and known_on(table, row) > str(AS_OF)
        ]
        other[table] = other[table] + some
    # The grant of a patent is no news before its own day, even where its row is known before.
    for row in other.get("patents", []):
        if row["granted_on"] > str(AS_OF):
            row |= {"granted_on": draw(st.just("") | LATER)}
    newcomers = [
        {
            "firm_id": "e",
            "founded_on": "2019-01-01",
            "sectors": "ai",
            "region": "Texas",
            "country": "US",
            "known_on": "",
        }
    ]
    other["firms"] = other["firms"] + newcomers * draw(st.integers(0, 1))
    return world, other


@EXAMPLES
@given(futures(), st.sampled_from([0, 1, 40, 400]))
def test_rows_known_later_change_nothing_whether_added_edited_or_deleted(pair, before):
    one, other = map(load, pair)
    population = Population.fit(one, AS_OF - timedelta(days=before))
    assert said(other, population) == said(one, population)
    assert at_risk(other) == at_risk(one)
    refitted = Population.fit(other, AS_OF - timedelta(days=before))
    pd.testing.assert_frame_equal(refitted.to_frame(), population.to_frame())
    assert said(other, refitted) == said(one, population)


@EXAMPLES
@given(futures())
def test_a_population_fitted_later_says_nothing_of_the_months_after(pair):
    one, other = map(load, pair)
    later = [Population.fit(tables, AS_OF + timedelta(days=400)) for tables in (one, other)]
    for as_of in (AS_OF, AS_OF - timedelta(days=15)):
        then = Population.fit(one, as_of)
        for statistic, counts in [*later[0].counts.items(), *later[1].counts.items()]:
            for back in (0, 12):
                said_then = then.count(statistic, counts.keys.to_numpy(), as_of, back).tobytes()
                for population in later:
                    assert population.count(statistic, counts.keys.to_numpy(), as_of, back).tobytes() == said_then


@EXAMPLES
@given(worlds())
def test_the_rows_seen_are_those_of_the_rule(world):
    """On each day, of the rows of one key known by then, the one known last: found here without any of the code."""
    for table, some in world.items():
        if table != "firms":
            keys = ["firm_id", *TABLES[table].key]
            once = {(*(row[key] for key in keys), known_on(table, row)): row for row in some}
            money = [column.name for column in TABLES[table].columns if column.kind == "money"]
            world[table] = [row | ({"currency": "USD"} if money else {}) for row in once.values()]
    world["firms"] = [*CROWD, *({"firm_id": firm, "founded_on": "2001-01-01"} for firm in FIRMS)]
    tables = load(world)
    assert tables.quarantine.frame().empty
    for offset in (-731, -1, 0, 1, 120, 1000):
        day = AS_OF + timedelta(days=offset)
        snapshot = Snapshot(tables, day)
        for table in tables.observed:
            latest = {}
            for row in sorted(world[table], key=lambda row: known_on(table, row)):
                if known_on(table, row) <= str(day):
                    latest[tuple(row[key] for key in ("firm_id", *TABLES[table].key))] = row
            expected = sorted((row["firm_id"], row[TABLES[table].event]) for row in latest.values())
            events = getattr(snapshot, table)
            days = events.day.astype("datetime64[D]").astype(str)
            assert list(zip(snapshot.firm_ids[events.firm], days, strict=True)) == expected


@EXAMPLES
@given(worlds(), st.integers(0, 400))
def test_what_was_known_by_a_day_is_all_that_a_snapshot_needs(world, later):
    tables = load(world)
    known = tables.known_by(AS_OF + timedelta(days=later))
    population = Population.fit(tables, AS_OF)
    assert said(known, population) == said(tables, population)
    assert at_risk(known) == at_risk(tables)
    pd.testing.assert_frame_equal(Population.fit(known, AS_OF).to_frame(), population.to_frame())
    assert load(past_of(world)).known_by(AS_OF).firms.known.tolist() == tables.known_by(AS_OF).firms.known.tolist()


@EXAMPLES
@given(worlds(), st.integers(1, 30), st.data())
def test_neither_chunks_nor_other_firms_nor_slices_matter(world, chunk, data):
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


@EXAMPLES
@given(worlds(), worlds())
def test_unrelated_firms_change_nothing_of_a_firm(world, others):
    tables = load(world)
    population = Population.fit(tables, AS_OF)
    both = {
        name: some + [row | {"firm_id": row["firm_id"] + "'"} for row in others.get(name, [])]
        for name, some in world.items()
    }
    more = load(both)
    assert len(more) > len(tables)
    assert said(more.take(tables.firm_ids), population) == said(tables, population)
    known = np.flatnonzero(np.isin(more.firm_ids, tables.firm_ids) & Snapshot(more, AS_OF).known)
    assert feature_matrix(more, AS_OF, population, known).values.tobytes() == said(tables, population)[1]


@EXAMPLES
@given(worlds(), st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_of_rows_matter(world, random):
    tables = load(world)
    population = Population.fit(tables, AS_OF)
    for some in world.values():
        some += [row for row in some if random.random() < 0.5]
        random.shuffle(some)
    other = load(world)
    assert other.digest() == tables.digest()
    assert said(other, population) == said(tables, population)
    pd.testing.assert_frame_equal(Population.fit(other, AS_OF).to_frame(), population.to_frame())


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


@pytest.mark.parametrize("table", EVENT_TABLES)
def test_what_becomes_known_on_the_day_itself_is_told_and_the_day_after_is_not(table):
    """Without this, the invariances could hold because no table is ever looked at."""
    spec = TABLES[table]
    row = {c.name: (*c.choices, "1")[0] for c in spec.columns if c.required} | {
        "firm_id": "a",
        spec.event: "2015-01-01",
    }
    base = {"firms": [*CROWD, {"firm_id": "a", "founded_on": "2001-01-01"}], table: []}
    population = Population.empty()
    told = []
    for known in (AS_OF, AS_OF + timedelta(days=1)):
        tables = load({**base, table: [row | {"known_on": str(known)}]})
        told.append(
            (said(tables, population) != said(load(base), population)) or at_risk(tables) != at_risk(load(base))
        )
    assert told == [True, False]
