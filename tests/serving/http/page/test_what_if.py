"""What an event would change: the very score that the library gives once the event is in the tables."""

from datetime import date, timedelta

import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.funding import private_rounds
from littlegiants.ingest.tables.tables import Tables
from littlegiants.reports.wording import dollars
from littlegiants.serving.http.page.what_if import EVENTS, REVENUE, changes
from tests.small_model import AS_OF


@pytest.fixture(scope="module")
def before(scorer, portfolio) -> dict[str, float]:
    scores = scorer.score(Tables.from_frames(portfolio), AS_OF, explain=False)
    best = scores[~scores["abstained"]].sort_values("p_market", ascending=False).head(6)
    return dict(zip(best["firm_id"], best["p_market"], strict=True))


@pytest.fixture(scope="module")
def found(scorer, portfolio, before):
    return changes(scorer, portfolio, AS_OF, before)


def with_row(frames, table: str, row: dict[str, str]) -> dict[str, pd.DataFrame]:
    more = pd.concat([frames[table], pd.DataFrame([row])], ignore_index=True).fillna("")
    return {**frames, table: more}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.words)
def test_change_is_that_of_the_library_bit_for_bit(scorer, portfolio, before, found, event):
    for firm_id, probability in before.items():
        tables = Tables.from_frames(with_row(portfolio, event.table, {"firm_id": firm_id, **event.row(AS_OF)}))
        (after,) = scorer.score(tables, AS_OF, [firm_id], explain=False)["p_market"]
        (change,) = (change for change in found[firm_id] if change.words == event.words)
        assert change.probability == after
        assert change.change == after - probability


def test_revenue_is_that_of_the_last_accounts_known(scorer, portfolio, before, found):
    known = (AS_OF - timedelta(days=120)).isoformat()
    for firm_id in before:
        accounts = portfolio["financials"]
        own = accounts[(accounts["firm_id"] == firm_id) & (accounts["revenue"] != "")]
        # A row that says when it was known may have been known sooner or later than its rule would have it.
        seen = own[(own["known_on"].where(own["known_on"] != "", own["period_end"]) <= AS_OF.isoformat())]
        seen = seen[(seen["known_on"] != "") | (seen["period_end"] <= known)]
        told = [change for change in found[firm_id] if change.words == REVENUE]
        assert bool(told) == bool(len(seen))
        if told:
            last = seen["period_end"].max()
            rows = (accounts["firm_id"] == firm_id) & (accounts["period_end"] == last) & (accounts["revenue"] != "")
            more = accounts["revenue"].mask(rows, (pd.to_numeric(accounts["revenue"]) * 1.5).map("{:.2f}".format))
            tables = Tables.from_frames({**portfolio, "financials": accounts.assign(revenue=more)})
            (after,) = scorer.score(tables, AS_OF, [firm_id], explain=False)["p_market"]
            assert told[0].probability == after


def test_some_events_change_something(found):
    assert any(change.change for tried in found.values() for change in tried)
    assert {change.words for tried in found.values() for change in tried} == {*(e.words for e in EVENTS), REVENUE}


def test_who_is_asked_for_beside_changes_nothing(scorer, portfolio, before, found):
    (first, *_) = before
    assert changes(scorer, portfolio, AS_OF, {first: before[first]})[first] == found[first]


def test_ids_as_long_as_the_contract_allows_are_tried(scorer, portfolio, before, found):
    (first, *_) = before
    name = "x" * 1_000
    frames = {table: frame.assign(firm_id=frame["firm_id"].replace(first, name)) for table, frame in portfolio.items()}
    assert changes(scorer, frames, AS_OF, {name: before[first]})[name] == found[first]


def test_table_that_was_not_given_is_not_tried(scorer, portfolio, before):
    frames = {name: frame for name, frame in portfolio.items() if name != "patents"}
    tried = changes(scorer, frames, AS_OF, before)
    # Without a table that the model relies on, any score is withheld, and so is any change.
    assert {change.words for found in tried.values() for change in found} == set()
    assert changes(scorer, {"firms": portfolio["firms"]}, AS_OF, before) == dict.fromkeys(before, ())


def test_nobody_asked_for_is_nobody_answered(scorer, portfolio):
    assert changes(scorer, portfolio, AS_OF, {}) == {}


def test_events_are_of_the_day_and_used(portfolio, before):
    (firm_id, *_) = before
    day = date(2024, 2, 29)
    for event in EVENTS:
        frames = with_row(portfolio, event.table, {"firm_id": firm_id, **event.row(day)})
        tables = Tables.from_frames(frames)
        plain = Tables.from_frames(portfolio)
        used, had = ({s.table: s.used for s in t.reconciliations}[event.table] for t in (tables, plain))
        assert used == had + 1


def test_rounds_tried_are_private_money(portfolio, before):
    (firm_id, *_) = before
    plain = private_rounds(Snapshot(Tables.from_frames(portfolio), AS_OF))
    for event in (event for event in EVENTS if event.table == "rounds"):
        row = {"firm_id": firm_id, **event.row(AS_OF)}
        more = private_rounds(Snapshot(Tables.from_frames(with_row(portfolio, "rounds", row)), AS_OF))
        assert len(more) == len(plain) + 1
        assert (row["state_backed_share"], row["currency"]) == ("0", "USD")


def test_amounts_are_those_of_the_words():
    for event in EVENTS:
        if "amount" in event.row(AS_OF):
            assert dollars(float(event.row(AS_OF)["amount"])) in event.words
