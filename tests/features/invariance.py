"""What guards the product against looking ahead, as functions of worlds, so that they can be tried on a broken product.

Each ``check_...`` raises AssertionError where its property does not hold. `tests.features.test_time` runs them on the
code as it is; `tests.features.test_leaks` runs the same functions on the code with a mistake put in, and wants them to
fail. They reach the code through its modules, so that a mistake put into a module is the one that they meet.
"""

from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
import pytest

import littlegiants.features.asof.cohort as cohorts
from littlegiants.features import matrix
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families import investor_records
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables import money
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.days import NEVER, day_number
from littlegiants.models.outcomes import EXITS, MARKET_ROUNDS
from littlegiants.training import labels
from tests.features.worlds import AS_OF, DAYS, known_on, load, past_of, undisputed

VALUE = {"rounds": "amount", "grants": "amount", "recognitions": "expires_on", "financials": "revenue"}
WINDOWS = [(1, 0), (2, 0), (3, 0), (3, 1.5), (3, 3)]  # years, and years back


def said(tables, population, as_of=AS_OF, **options):
    """Return every bit that is said of the firms known on a day."""
    known = np.flatnonzero(Snapshot(tables, as_of).known)
    made = matrix.feature_matrix(tables, as_of, population, known, **options)
    return made.firm_ids.tolist(), made.values.tobytes(), made.unseen.tolist(), made.events.tolist()


def at_risk(tables, as_of=AS_OF):
    snapshot = Snapshot(tables, as_of)
    return [snapshot.firm_ids[cohorts.cohort(snapshot, require)].tolist() for require in (False, True)]


def check_future(world, other, before=0):
    """Rows known later, edits of what is yet to come and crawl-time columns change no bit."""
    one, two = load(world, crawled="1"), load(other, crawled="999")
    population = Population.fit(one, AS_OF - timedelta(days=before))
    assert said(two, population) == said(one, population)
    assert at_risk(two) == at_risk(one)
    refitted = Population.fit(two, AS_OF - timedelta(days=before))
    pd.testing.assert_frame_equal(refitted.to_frame(), population.to_frame())


def check_later_population(world, other):
    """A population fitted later says of each month only what one fitted at its end said."""
    one, two = load(world), load(other)
    later = [Population.fit(tables, AS_OF + timedelta(days=400)) for tables in (one, two)]
    for as_of in (AS_OF, AS_OF - timedelta(days=15)):
        then = Population.fit(one, as_of)
        for statistic, counts in [*later[0].counts.items(), *later[1].counts.items()]:
            for back in (0, 12):
                expected = _counted(then, statistic, counts.keys, as_of, back)
                for population in later:
                    assert _counted(population, statistic, counts.keys, as_of, back) == expected


def check_rule(world):
    """On each day, of the rows of one key known by then, the one known last is seen: found without any of the code."""
    world = undisputed(world)
    tables = load(world)
    assert tables.quarantine.frame().empty
    for day in DAYS:
        snapshot = Snapshot(tables, day)
        for table in tables.observed:
            assert _shown(snapshot, table) == _expected(latest(world, table, day), table)


def _counted(population, statistic, keys, as_of, back):
    month = population.at(as_of)
    return month.count(statistic, back)[month.indices(statistic.rpartition("_by_")[2], keys.to_numpy())].tobytes()


def _window(events, years, lag):
    return events.where(events.window(years, lag).mask)


def check_windows(world):
    """A window holds the events after its first day and up to its last, both found by calendar months."""
    world = undisputed(world)
    snapshot = Snapshot(load(world), AS_OF)
    for table in [name for name in world if name != "firms"]:
        for years, lag in WINDOWS:
            low, high = (str(AS_OF - pd.DateOffset(months=round(12 * back)))[:10] for back in (years + lag, lag))
            expected = [row for row in latest(world, table, AS_OF) if low < row[TABLES[table].event] <= high]
            assert _shown(snapshot, table, partial(_window, years=years, lag=lag)) == _expected(expected, table)


def check_known_by(world, later=120):
    """What was known by a day is all that a snapshot of that day, or of an earlier one, needs."""
    tables = load(world)
    known = tables.known_by(AS_OF + timedelta(days=later))
    population = Population.fit(tables, AS_OF)
    assert said(known, population) == said(tables, population)
    assert at_risk(known) == at_risk(tables)
    pd.testing.assert_frame_equal(Population.fit(known, AS_OF).to_frame(), population.to_frame())
    assert load(past_of(world)).known_by(AS_OF).firms.known.tolist() == tables.known_by(AS_OF).firms.known.tolist()


def check_unrelated_firms(world, others):
    """Firms beside it change nothing of a firm, nor does it matter in how many parts they are computed."""
    tables = load(world)
    population = Population.fit(tables, AS_OF)
    expected = said(tables, population)
    both = {
        name: some + [row | {"firm_id": row["firm_id"] + "'"} for row in others.get(name, [])]
        for name, some in world.items()
    }
    more = load(both)
    assert len(more) > len(tables)
    assert said(more.take(tables.firm_ids), population) == expected
    known = np.flatnonzero(np.isin(more.firm_ids, tables.firm_ids) & Snapshot(more, AS_OF).known)
    assert matrix.feature_matrix(more, AS_OF, population, known).values.tobytes() == expected[1]
    assert said(tables, population, chunk=7) == expected


def check_order(world, random):
    """Neither the order of the rows nor a row that stands twice changes a bit."""
    tables = load(world)
    population = Population.fit(tables, AS_OF)
    mixed = {name: [*some, *(row for row in some if random.random() < 0.5)] for name, some in world.items()}
    for some in mixed.values():
        random.shuffle(some)
    other = load(mixed)
    assert other.digest() == tables.digest()
    assert said(other, population) == said(tables, population)
    pd.testing.assert_frame_equal(Population.fit(other, AS_OF).to_frame(), population.to_frame())


def check_unpublished_rates(world):
    """Exchange rates of the as-of date's own year and later, not yet published on that day, change no bit."""
    with pytest.MonkeyPatch.context() as patch:
        said_of = []
        rates = money.rates()
        for factor in (1.0, 3.0):
            changed = rates.copy()
            changed.loc[AS_OF.year :] *= factor
            patch.setattr(money, "rates", lambda changed=changed: changed)
            said_of.append(said(load(world), Population.empty()))
    assert said_of[0] == said_of[1]


def check_labels(world):
    """A label tells what happened after the as-of date and within two years of it, as finally known."""
    world = undisputed(world)
    tables = load(world)
    end = date(2018, 2, 28)
    found = labels.label(tables, np.arange(len(tables)), AS_OF, date(2030, 1, 1), labels.LabelRule())
    final = {table: latest(world, table, date.max) for table in ("rounds", "grants", "outcomes") if table in world}
    expected = dict.fromkeys(tables.firm_ids.tolist(), labels.STALLED)

    def mark(label, some, first=AS_OF, last=end):
        for row in some:
            if str(first) < row[TABLES[row["table"]].event] <= str(last):
                expected[row["firm_id"]] = label

    named = {table: [row | {"table": table} for row in some] for table, some in final.items()}
    mark(labels.SUBSIDISED, named.get("grants", []))
    mark(labels.MARKET, [row for row in named.get("rounds", []) if _is_of_the_market(row)])
    mark(labels.MARKET, [row for row in named.get("outcomes", []) if row["kind"] in EXITS])
    mark(labels.UNKNOWN, named.get("outcomes", []), date.min, AS_OF)
    assert dict(zip(tables.firm_ids.tolist(), found.tolist(), strict=True)) == expected


def check_records(world):
    """An investor's record is what was known of its other firms, found row by row and without any of the code."""
    world = undisputed(world)
    tables = load(world)
    snapshot = Snapshot(tables, AS_OF, Population.fit(tables, AS_OF))
    deals, exits = _fates(world, tables)
    usual = 5 * sum(exits.values()) / max(sum(deals.values()), 1e-9)
    columns = investor_records.investor_deals_best(snapshot), investor_records.investor_exits_best(snapshot)
    for place, firm in enumerate(snapshot.firm_ids.tolist()):
        others = [
            [
                sum(weight for (other, name), weight in fates.items() if other != firm and name == mine)
                for mine in backing
            ]
            for backing in [sorted(name for owner, name in deals if owner == firm)]
            for fates in (deals, exits)
        ]
        best = max(others[0], default=np.nan)
        shares = [(gone + usual) / (made + 5) for made, gone in zip(*others, strict=True)] if exits else []
        expected = best, max(shares, default=np.nan)
        found = [column[place] for column in columns]
        assert found == pytest.approx(expected, nan_ok=True), firm


def _fates(world, tables):
    """Return the weight by age of each firm and investor known by the as-of date, and of those whose exit is known."""
    since: dict[str, int] = {}
    for firm, known in zip(tables.firm_ids[tables.firms.firm].tolist(), tables.firms.known.tolist(), strict=True):
        since[firm] = min(since.get(firm, NEVER), known)
    deals: dict[tuple[str, str], int] = {}
    exits: dict[tuple[str, str], int] = {}
    for row in world.get("investments", []):
        day = max(day_number(date.fromisoformat(known_on("investments", row))), since[row["firm_id"]])
        pair = row["firm_id"], row["investor"]
        deals[pair] = min(deals.get(pair, NEVER), day)
        for end in world.get("outcomes", []):
            if end["firm_id"] == pair[0] and end["kind"] in EXITS and end["happened_on"] >= row["announced_on"]:
                left = max(day, day_number(date.fromisoformat(known_on("outcomes", end))))
                exits[pair] = min(exits.get(pair, NEVER), left)
    return [{pair: _by_age(day) for pair, day in fates.items() if day <= day_number(AS_OF)} for fates in (deals, exits)]


def _by_age(day):
    known = np.datetime64(day, "D").astype(date)
    months = 12 * (AS_OF.year - known.year) + AS_OF.month - known.month
    return 1 if months < 60 else 0.5 if months < 120 else 0.25


def latest(world, table, day):
    """Return the rows of a table known by a day, of each key the one known last."""
    found = {}
    for row in sorted(world[table], key=lambda row: known_on(table, row)):
        if known_on(table, row) <= str(day):
            found[tuple(row[key] for key in ("firm_id", *TABLES[table].key))] = row
    return list(found.values())


def _shown(snapshot, table, of=lambda events: events):
    """Return firm, day and one value of each row seen."""
    events = of(getattr(snapshot, table))
    days = events.day.astype("datetime64[D]").astype(str).tolist()
    values = [None] * len(days)
    if table in VALUE:
        found = events.days(VALUE[table]) if VALUE[table].endswith("_on") else events.number(VALUE[table])
        values = [None if np.isnan(value) else value for value in found.tolist()]
    return sorted(zip(snapshot.firm_ids[events.firm].tolist(), days, map(str, values), strict=True))


def _expected(rows, table):
    """Return what `_shown` must give for given rows."""

    def value(row):
        text = row[VALUE[table]] if table in VALUE else ""
        if not text:
            return None
        return float(day_number(date.fromisoformat(text))) if VALUE[table].endswith("_on") else float(text)

    return sorted((row["firm_id"], row[TABLES[table].event], str(value(row))) for row in rows)


def _is_of_the_market(row):
    return (
        row["kind"] in MARKET_ROUNDS
        and float(row["amount"] or 0) >= 1_000_000
        and float(row["state_backed_share"] or 0) <= 0.5
    )
