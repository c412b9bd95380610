"""The training panel: who is in it, with which label, and how much a row weighs."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FEATURES, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.training.labels import MARKET, STALLED, SUBSIDISED, UNKNOWN, LabelRule, label
from littlegiants.training.panel import Panel, PanelSource, constant_columns
from tests.features.hand_tables import frame

DATES = (date(2012, 6, 30), date(2014, 6, 30), date(2016, 6, 30))
KNOWN_BY = date(2018, 12, 31)
RULE = LabelRule()


@pytest.fixture(scope="module")
def population(tables):
    return Population.fit(tables, DATES[-1])


@pytest.fixture(scope="module")
def source(tables):
    return PanelSource(tables.known_by(KNOWN_BY), KNOWN_BY, RULE, False, frozenset())


@pytest.fixture(scope="module")
def panel(source, population):
    return source.panel(DATES, population)


def cohort_of(source, day):
    return cohort(Snapshot(source.tables, day), source.require_round)


def test_it_stacks_the_labelled_cohorts(source, panel, population):
    start = 0
    for place, day in enumerate(DATES):
        firms = cohort_of(source, day)
        labels = label(source.tables, firms, day, KNOWN_BY, RULE)
        firms, labels = firms[labels != UNKNOWN], labels[labels != UNKNOWN]
        rows = slice(start, start + len(firms))
        assert panel.firm_ids[rows].tolist() == source.tables.firm_ids[firms].tolist()
        assert panel.labels[rows].tolist() == labels.tolist()
        assert set(panel.as_of[rows]) == {place}
        expected = feature_matrix(source.tables, day, population, firms).values
        assert panel.values[rows].tobytes() == expected.tobytes()
        start += len(firms)
    assert start == len(panel) > 500


def test_what_is_left_out_adds_up_with_the_cohorts(source, panel):
    for place, day in enumerate(DATES):
        assert (panel.as_of == place).sum() + panel.left_out[place] == len(cohort_of(source, day))
    assert sum(panel.left_out) > 0


def test_no_firm_is_in_it_after_its_exit(source, panel):
    outcomes = source.tables.events["outcomes"]
    ids = source.tables.firm_ids[outcomes.firm]
    for place, day in enumerate(DATES):
        gone = set(ids[outcomes.day <= (day - date(1970, 1, 1)).days])
        assert gone
        assert not gone & set(panel.firm_ids[panel.as_of == place])


def test_every_label_is_an_outcome(panel):
    assert set(panel.labels) == {STALLED, SUBSIDISED, MARKET}
    assert panel.market.tolist() == [int(value == MARKET) for value in panel.labels]
    assert panel.outcome("subsidised").tolist() == [int(value == SUBSIDISED) for value in panel.labels]
    with pytest.raises(KeyError):
        panel.outcome("stalled")


def test_a_window_that_is_not_over_makes_no_negatives(source, population):
    both = source.panel([DATES[-1], date(2017, 6, 30)], population)
    assert set(both.as_of) == {0}
    assert both.left_out[1] == len(cohort_of(source, date(2017, 6, 30)))
    with pytest.raises(TrainingError, match=r"^no firm has a label at 2017-06-30; are these dates within the data\?$"):
        source.panel([date(2017, 6, 30)], population)


def test_firms_with_an_undated_exit_have_no_label(tables, source, panel, population):
    chosen = frozenset(panel.firm_ids[panel.as_of == 2][:7])
    fewer = PanelSource(source.tables, KNOWN_BY, RULE, False, chosen | {"nobody"}).panel(DATES, population)
    assert not chosen & set(fewer.firm_ids)
    kept = ~np.isin(panel.firm_ids, list(chosen))
    assert fewer.firm_ids.tolist() == panel.firm_ids[kept].tolist()
    assert fewer.values.tobytes() == panel.values[kept].tobytes()
    assert sum(fewer.left_out) - sum(panel.left_out) == (~kept).sum()


def test_a_round_may_be_required(source, population):
    funded = PanelSource(source.tables, KNOWN_BY, RULE, True, frozenset()).panel([DATES[1]], population)
    snapshot = Snapshot(source.tables, DATES[1])
    with_round = set(snapshot.firm_ids[snapshot.rounds.firm])
    assert 0 < len(funded) < len(cohort_of(source, DATES[1]))
    assert set(funded.firm_ids) <= with_round


def test_a_round_counts_in_part_where_exits_count(source, panel, population):
    exits = replace(source, rule=LabelRule("exit"))
    found = exits.panel(DATES, population)
    labels = exits.partial(found, 0.25)
    near = (panel.market == 1) & (found.market == 0)
    assert found.firm_ids.tolist() == panel.firm_ids.tolist()
    assert near.sum() > 20
    assert labels.tolist() == (found.market + 0.25 * near).tolist()
    assert exits.partial(found, 0.0).tolist() == found.market.tolist()
    assert source.partial(panel, 0.25).tolist() == panel.market.tolist()
    half = found.rows(np.arange(len(found)) % 2 == 0)
    assert exits.partial(half, 0.25).tolist() == labels[::2].tolist()


def small_panel(*days, rows=1) -> Panel:
    count = len(days) * rows
    ids = np.array([f"f{number}" for number in range(count)], object)
    labels = np.resize(np.array([MARKET, STALLED], np.int8), count)
    places = np.repeat(np.arange(len(days)), rows)
    return Panel(np.zeros((count, len(FEATURES))), labels, ids, places, days, (0,) * len(days))


def test_a_row_counts_half_for_every_half_life():
    panel = small_panel(date(2016, 1, 1), date(2018, 1, 1), date(2019, 1, 1), date(2020, 1, 1), rows=2)
    # 731, 1,461 and 365 days of 30.4375 to a month, at a half-life of 12 months.
    ages = [1461 / 30.4375, 730 / 30.4375, 365 / 30.4375, 0]
    expected = [0.5 ** (age / 12) for age in ages for _ in range(2)]
    assert panel.weights(12.0) == pytest.approx(expected)
    assert panel.weights(12.0)[0] == pytest.approx(1 / 16)
    assert panel.weights(None).tolist() == [1.0] * 8


def test_rows_can_be_chosen():
    panel = small_panel(date(2016, 1, 1), date(2018, 1, 1), rows=3)
    some = panel.rows(panel.market == 1)
    assert some.firm_ids.tolist() == ["f0", "f2", "f4"]
    assert some.as_of.tolist() == [0, 0, 1]
    assert (len(some), some.dates, some.left_out) == (3, panel.dates, panel.left_out)


def test_a_firm_is_in_every_cohort_that_it_was_at_risk_in():
    tables = Tables.from_frames(
        {
            "firms": frame("firm_id founded_on\na 2010-01-01\nb 2010-01-01\nc 2016-01-01\nd 2010-01-01"),
            "rounds": frame("firm_id round_id announced_on kind amount currency\na 1 2015-06-01 seed 2000000 USD"),
            "outcomes": frame(
                "firm_id happened_on kind known_on\nb 2015-06-01 acquisition -\nd 2014-01-01 acquisition 2016-06-01"
            ),
        }
    )
    source = PanelSource(tables, date(2020, 1, 1), LabelRule(timespan=LabelTimespan(12)), False, frozenset())
    panel = source.panel([date(2015, 1, 1), date(2017, 1, 1)], Population.empty())
    rows = list(zip(panel.firm_ids, panel.as_of, panel.labels, strict=True))
    # d looked alive in 2015 but was not: no label. In 2017 b and d are known to be gone, and c has come.
    assert rows == [("a", 0, MARKET), ("b", 0, MARKET), ("a", 1, STALLED), ("c", 1, STALLED)]
    assert panel.left_out == (1, 0)


def test_constant_columns_are_named():
    values = np.zeros((3, len(FEATURES)))
    values[:, 0], values[:, 1], values[:, 2] = [1, 2, 3], np.nan, [np.nan, 1, 1]
    values[1, 3] = 1
    assert set(FEATURES) - set(constant_columns(values)) == {FEATURES[0], FEATURES[2], FEATURES[3]}
