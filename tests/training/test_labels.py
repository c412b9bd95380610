"""What became of a firm: every rule of the three outcomes by hand, and what must never matter."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.ingest.tables.contract import OUTCOME_KINDS, ROUND_KINDS
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.outcomes import EXITS, MARKET_ROUNDS
from littlegiants.training.labels import (
    MARKET,
    STALLED,
    SUBSIDISED,
    UNKNOWN,
    LabelRule,
    label,
)
from tests.features.hand_tables import frame

NAMES = {UNKNOWN: "unknown", STALLED: "stalled", SUBSIDISED: "subsidised", MARKET: "market"}
COLUMNS = {
    "rounds": "round_id announced_on kind amount currency state_backed_share known_on",
    "grants": "grant_id awarded_on amount currency known_on",
    "outcomes": "happened_on kind known_on",
}
AS_OF, END, KNOWN_BY = date(2018, 1, 1), date(2020, 1, 1), date(2021, 6, 30)
RULE = LabelRule()
EXIT = LabelRule(outcome="exit")
ROUND = "r1 2019-03-01 series_a 1000000 USD - -"
GRANT = "g1 2019-03-01 50000 USD -"


def tables_of(**events: str | list[str]) -> Tables:
    """Tables of the firms a and b, the rows being those of a."""
    frames = {"firms": pd.DataFrame({"firm_id": ["a", "b"], "founded_on": "2010-01-01"})}
    for table, rows in events.items():
        lines = [rows] if isinstance(rows, str) else rows
        frames[table] = frame("\n".join((COLUMNS[table], *lines))).assign(firm_id="a")
    tables = Tables.from_frames(frames)
    assert tables.quarantine.frame().empty, tables.quarantine.frame().to_string()
    return tables


def fate(as_of=AS_OF, known_by=KNOWN_BY, rule=RULE, **events) -> str:
    """The label of a; b, of which nothing is known, is stalled wherever a is not unknown for both."""
    tables = tables_of(**events).known_by(known_by)
    found, other = label(tables, np.arange(2), as_of, known_by, rule).tolist()
    assert other == (UNKNOWN if rule.timespan.end(as_of) > known_by else STALLED)
    return NAMES[found]


def test_nothing_known_is_stalled():
    assert fate() == "stalled"
    assert fate(rounds=[], grants=[], outcomes=[]) == "stalled"


@pytest.mark.parametrize("kind", ROUND_KINDS)
def test_which_kinds_of_rounds_are_of_the_market(kind):
    private = {"angel", "seed", "venture", "series_a", "series_b", "series_c_plus", "private_equity"}
    assert set(MARKET_ROUNDS) == private
    assert fate(rounds=f"r1 2019-03-01 {kind} 9000000 USD - -") == ("market" if kind in private else "stalled")


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("1000000 USD", "market"),
        ("999999.99 USD", "stalled"),
        ("- -", "stalled"),
        ("- USD", "stalled"),
        # Of 2018, the last average published by March 2019: 1.1817 USD for a euro. 846,239 x 1.1817 = 1,000,000.6.
        ("846239 EUR", "market"),
        ("846238 EUR", "stalled"),
        # 0.15130882 USD for a yuan: 6.61 m are 1.0002 m, 6.60 m are 0.9986 m.
        ("6610000 CNY", "market"),
        ("6600000 CNY", "stalled"),
    ],
)
def test_how_large_a_round_must_be(amount, expected):
    assert fate(rounds=f"r1 2019-03-01 seed {amount} - -") == expected


def test_small_rounds_are_not_added_up():
    assert fate(rounds=["r1 2019-03-01 seed 600000 USD - -", "r2 2019-03-01 seed 600000 USD - -"]) == "stalled"


@pytest.mark.parametrize(("least", "expected"), [(0.0, "market"), (4.0, "market"), (4.01, "stalled")])
def test_the_least_amount_can_be_set(least, expected):
    assert fate(rounds="r1 2019-03-01 seed 4 USD - -", rule=LabelRule(min_round_usd=least)) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [("-", "market"), ("0", "market"), ("0.5", "market"), ("0.51", "stalled"), ("1", "stalled")]
)
def test_a_round_that_the_state_leads_is_not_of_the_market(share, expected):
    assert fate(rounds=f"r1 2019-03-01 series_b 5000000 USD {share} -") == expected


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        ("2017-12-31", False),
        ("2018-01-01", False),
        ("2018-01-02", True),
        ("2019-12-31", True),
        ("2020-01-01", True),
        ("2020-01-02", False),
    ],
)
def test_the_window_is_open_on_the_left_and_closed_on_the_right(day, inside):
    assert fate(rounds=f"r1 {day} seed 5000000 USD - -") == ("market" if inside else "stalled")
    assert fate(grants=f"g1 {day} 5 USD -") == ("subsidised" if inside else "stalled")
    before = day <= "2018-01-01"
    assert fate(outcomes=f"{day} ipo -") == ("market" if inside else "unknown" if before else "stalled")


@pytest.mark.parametrize("amount", ["1 USD", "90000000 EUR", "- -"])
def test_any_grant_is_a_subsidy(amount):
    assert fate(grants=f"g1 2019-03-01 {amount} -") == "subsidised"


def test_a_market_event_outweighs_grants():
    assert fate(rounds=ROUND, grants=[GRANT, "g2 2018-06-01 70000 USD -"]) == "market"
    assert fate(outcomes="2019-12-01 acquisition -", grants=GRANT) == "market"
    assert fate(rounds="r1 2019-03-01 debt 9000000 USD - -", grants=GRANT) == "subsidised"


@pytest.mark.parametrize(("kind", "expected"), [("ipo", "market"), ("acquisition", "market"), ("closure", "stalled")])
def test_exits_are_of_the_market_and_closures_are_not(kind, expected):
    assert set(EXITS) < set(OUTCOME_KINDS)
    assert fate(outcomes=f"2019-03-01 {kind} -") == expected
    assert fate(outcomes=f"2019-03-01 {kind} -", rule=EXIT) == expected


def test_a_closure_after_a_grant_is_subsidised():
    assert fate(outcomes="2019-03-01 closure -", grants=GRANT) == "subsidised"


def test_for_an_exit_no_round_counts():
    assert fate(rounds=ROUND, rule=EXIT) == "stalled"
    assert fate(rounds=ROUND, rule=replace(EXIT, partial=True)) == "market"
    assert fate(rounds=ROUND.replace("1000000", "999999"), rule=replace(EXIT, partial=True)) == "stalled"
    assert fate(rounds=ROUND, grants=GRANT, rule=EXIT) == "subsidised"
    assert fate(rounds=ROUND, grants=GRANT, outcomes="2019-03-01 ipo -", rule=EXIT) == "market"


def test_what_is_known_late_counts_once_it_is_known():
    late = {"rounds": "r1 2019-12-31 seed 5000000 USD - 2021-03-01", "grants": "g1 2019-03-01 5 USD 2020-12-31"}
    assert fate(**late) == "market"
    assert fate(**late, known_by=date(2021, 2, 28)) == "subsidised"
    assert fate(**late, known_by=date(2020, 12, 30)) == "stalled"


@pytest.mark.parametrize("kind", OUTCOME_KINDS)
def test_a_firm_that_had_already_left_was_not_at_risk(kind):
    gone = f"2017-12-31 {kind} 2020-06-01"
    assert fate(outcomes=gone) == "unknown"
    assert fate(outcomes=gone, rounds=ROUND, grants=GRANT) == "unknown"
    assert fate(outcomes=f"2018-01-01 {kind} 2020-06-01", rounds=ROUND) == "unknown"
    # Before anybody knew, it looked like any other firm.
    assert fate(outcomes=gone, rounds=ROUND, known_by=date(2020, 5, 31)) == "market"
    assert fate(outcomes=gone, known_by=date(2020, 5, 31)) == "stalled"


@pytest.mark.parametrize(
    ("versions", "known_by", "expected"),
    [
        (["2000000 -", "500000 2020-06-01"], KNOWN_BY, "stalled"),
        (["2000000 -", "500000 2020-06-01"], date(2020, 5, 31), "market"),
        (["500000 -", "2000000 2020-06-01"], KNOWN_BY, "market"),
        (["500000 -", "2000000 2020-06-01"], date(2020, 5, 31), "stalled"),
        (["2000000 -", "500000 2020-02-01", "1000000 2020-06-01"], KNOWN_BY, "market"),
    ],
)
def test_a_corrected_amount_replaces_the_first(versions, known_by, expected):
    rows = []
    for version in versions:
        amount, known_on = version.split()
        rows.append(f"r1 2019-03-01 seed {amount} USD - {known_on}")
    assert fate(rounds=rows, known_by=known_by) == expected


def test_a_corrected_day_or_share_replaces_the_first():
    assert fate(rounds=[ROUND, "r1 2020-03-01 series_a 1000000 USD - 2020-06-01"]) == "stalled"
    assert fate(rounds=[ROUND, "r1 2019-03-01 series_a 1000000 USD 0.8 2020-06-01"]) == "stalled"
    assert fate(rounds=[ROUND, "r1 2019-03-01 debt 1000000 USD - 2020-06-01"]) == "stalled"
    assert fate(grants=[GRANT, "g1 2017-03-01 50000 USD 2020-06-01"]) == "stalled"


@pytest.mark.parametrize("events", [{}, {"rounds": ROUND}, {"grants": GRANT}, {"outcomes": "2018-02-01 ipo -"}])
def test_a_window_that_is_not_over_says_nothing_at_all(events):
    assert fate(**events, known_by=END - timedelta(days=1)) == "unknown"
    assert fate(**events, known_by=END) != "unknown"


@pytest.mark.parametrize(
    ("as_of", "timespan", "end"),
    [
        ("2018-01-01", LabelTimespan(24), "2020-01-01"),
        ("2020-02-29", LabelTimespan(12), "2021-02-28"),
        ("2020-02-29", LabelTimespan(48), "2024-02-29"),
        ("2019-02-28", LabelTimespan(12), "2020-02-28"),
        ("2018-08-31", LabelTimespan(18), "2020-02-29"),
        ("2018-12-31", LabelTimespan(2), "2019-02-28"),
        ("2013-10-01", LabelTimespan(24, 793), "2015-12-03"),
        ("2020-02-28", LabelTimespan(24, 1), "2020-02-29"),
        ("2019-03-01", LabelTimespan(12, 366), "2020-03-01"),
    ],
)
def test_windows_of_months_and_of_days(as_of, timespan, end):
    first, last = date.fromisoformat(as_of), date.fromisoformat(end)
    assert timespan.end(first) == last
    rule = LabelRule(timespan=timespan)
    for day, expected in ((last, "market"), (last + timedelta(days=1), "stalled")):
        row = f"r1 {day} seed 5000000 USD - -"
        assert fate(rounds=row, as_of=first, known_by=last + timedelta(days=9), rule=rule) == expected


def test_only_the_firms_asked_for_are_labelled_in_their_order():
    tables = tables_of(rounds=ROUND)
    assert label(tables, np.array([1, 0, 1]), AS_OF, KNOWN_BY, RULE).tolist() == [STALLED, MARKET, STALLED]
    assert label(tables, np.array([], np.int64), AS_OF, KNOWN_BY, RULE).tolist() == []


INSIDE = st.dates(AS_OF + timedelta(days=1), END)
BEFORE = st.dates(date(2011, 1, 1), AS_OF)
AFTER = st.dates(END + timedelta(days=1), KNOWN_BY)
OUTSIDE = BEFORE | AFTER
LATE = st.none() | st.dates(date(2011, 1, 1), KNOWN_BY)


def rounds(days):
    return st.tuples(days, st.sampled_from(ROUND_KINDS), st.sampled_from(["900000", "5000000", ""]), LATE)


def grants(days):
    return st.tuples(days, st.just(""), st.sampled_from(["1000", ""]), LATE)


def exits(days):
    return st.tuples(days, st.sampled_from(OUTCOME_KINDS), st.just(""), st.none())


def fates(*firms, rule=RULE) -> list[str]:
    """The labels of firms, each given as its rounds, grants and exits."""
    parts: dict[str, list] = {name: [] for name in COLUMNS}
    for number, (round_rows, grant_rows, exit_rows) in enumerate(firms):
        firm = f"f{number:02d}"
        for day, kind, amount, late in round_rows:
            parts["rounds"].append((firm, len(parts["rounds"]), day, kind, amount, "USD", "", late or ""))
        for day, _, amount, late in grant_rows:
            parts["grants"].append((firm, len(parts["grants"]), day, amount, "USD", late or ""))
        for day, kind in {(day, kind) for day, kind, _, _ in exit_rows}:
            parts["outcomes"].append((firm, day, kind, ""))
    ids = [f"f{number:02d}" for number in range(len(firms))]
    frames = {"firms": pd.DataFrame({"firm_id": ids, "founded_on": "2010-01-01"})}
    for table, rows in parts.items():
        frames[table] = pd.DataFrame(rows, columns=["firm_id", *COLUMNS[table].split()]).astype("str")
    tables = Tables.from_frames(frames)
    assert tables.quarantine.frame().empty, tables.quarantine.frame().to_string()
    found = label(tables.known_by(KNOWN_BY), np.arange(len(firms)), AS_OF, KNOWN_BY, rule)
    return [NAMES[code] for code in found.tolist()]


def histories(round_days, grant_days, exit_days):
    """Up to three rounds, grants and exits of each of ten firms: many at a time, since tables take long to make."""
    parts = (rounds(round_days), grants(grant_days), exits(exit_days))
    return st.lists(st.tuples(*(st.lists(part, max_size=3) for part in parts)), min_size=10, max_size=10)


def joined(one, other):
    return tuple(first + second for first, second in zip(one, other, strict=True))


@settings(max_examples=10)
@given(
    histories(INSIDE, INSIDE, INSIDE), histories(BEFORE | AFTER, BEFORE | AFTER, AFTER), st.sampled_from([RULE, EXIT])
)
def test_what_lies_outside_the_window_never_changes_a_label(inside, outside, rule):
    both = [joined(one, other) for one, other in zip(inside, outside, strict=True)]
    found = fates(*inside, *both, rule=rule)
    assert found[:10] == found[10:]


@settings(max_examples=10)
@given(histories(INSIDE, BEFORE, AFTER), histories(BEFORE, BEFORE, BEFORE))
def test_the_past_does_not_label_but_an_exit_in_it_takes_the_label_away(coming, past):
    both = [joined(one, other) for one, other in zip(coming, past, strict=True)]
    found = fates(*coming, *both)
    expected = ["unknown" if gone else alone for alone, (_, _, gone) in zip(found[:10], past, strict=True)]
    assert found[10:] == expected


@pytest.mark.parametrize(("kind", "expected"), [("acquisition", "market"), ("ipo", "stalled"), ("closure", "stalled")])
def test_an_acquisition_alone_is_a_success_of_that_outcome(kind, expected):
    assert fate(rule=LabelRule(outcome="acquisition"), outcomes=f"2019-03-01 {kind} -") == expected
    assert fate(rule=LabelRule(outcome="acquisition"), rounds=ROUND) == "stalled"
