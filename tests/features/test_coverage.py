"""What a data set can tell: varying, constant, never observed."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.coverage import coverage, to_frame
from littlegiants.features.matrix import FEATURES, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.tables import Tables

AS_OF = date(2020, 6, 30)
# Founded 12,000 and 6,000 days before, and one on a day that nobody knows; 20 firms in Oslo make a word of it.
FIRMS = pd.DataFrame(
    {
        "firm_id": ["a", "b", "c", *(f"x{i}" for i in range(20))],
        "founded_on": ["1987-08-22", "2004-01-26", "", *["2010-01-01"] * 20],
        "region": ["Oslo", "", "Bergen", *["Oslo"] * 20],
        "country": "NO",
        "known_on": "2010-01-01",
    }
)
GRANTS = pd.DataFrame(
    {
        "firm_id": ["a", "a", "b"],
        "grant_id": ["1", "2", "3"],
        "awarded_on": ["2019-01-01", "2018-01-01", "2019-06-30"],
        "amount": ["100", "300", ""],
        "currency": "USD",
    }
)


@pytest.fixture(scope="module")
def tables():
    return Tables.from_frames({"firms": FIRMS, "grants": GRANTS})


@pytest.fixture(scope="module")
def population(tables):
    return Population.fit(tables, AS_OF)


@pytest.fixture(scope="module")
def covered(tables, population):
    return {signal.name: signal for signal in coverage(feature_matrix(tables, AS_OF, population))}


def test_every_feature_stands_in_the_order_of_the_matrix(covered):
    assert tuple(covered) == FEATURES


def test_shares_count_the_firms_with_a_value(covered):
    # The founding of c is not known: 22 of 23.
    age = covered["age_years"]
    assert (age.family, age.kind, age.firms, age.share) == ("firm profile", "varies", 22, pytest.approx(22 / 23))
    # Ages: 20 firms of 2010-01-01 lie between a and b, and are the median: 3,833 days.
    assert age.median == pytest.approx(3833 / 365.25)


def test_a_value_for_some_firms_only_tells_them_apart(covered):
    # Only firm a has an amount and b none: all others have had no grant, which is 0.
    assert (covered["grant_usd"].kind, covered["grant_usd"].firms) == ("varies", 22)
    # Without a table of rounds nobody's share is known.
    assert (covered["months_since_last_grant"].firms, covered["grant_share"].kind) == (2, "never observed")


def test_constant_and_never_observed_are_told_apart(covered):
    assert (covered["grants_observed"].kind, covered["grants_observed"].median) == ("constant", 1.0)
    assert (covered["patents_observed"].kind, covered["patents_observed"].median) == ("constant", 0.0)
    never = covered["patents_count"]
    assert (never.kind, never.firms, never.share, never.median) == ("never observed", 0, 0.0, None)


def test_a_category_has_no_percentiles(covered):
    assert (covered["region_code"].kind, covered["region_code"].firms, covered["region_code"].median) == (
        "varies",
        21,
        None,
    )


def test_nothing_is_imputed(tables, population):
    matrix = feature_matrix(tables, AS_OF, population)
    before = matrix.values.tobytes()
    coverage(matrix)
    to_frame(matrix, population)
    assert matrix.values.tobytes() == before
    assert np.isnan(to_frame(matrix, population)["patents_count"]).all()


def test_no_firm_is_never_observed(tables, population):
    empty = coverage(feature_matrix(tables, AS_OF, population, np.array([], np.int64)))
    assert {(signal.kind, signal.firms, signal.share) for signal in empty} == {("never observed", 0, 0.0)}


def test_frame_has_the_words_of_categories(tables, population):
    frame = to_frame(feature_matrix(tables, AS_OF, population), population).set_index("firm_id")
    assert frame.columns.tolist() == ["as_of_date", *FEATURES]
    assert frame.loc[["a", "b", "c"], "region_code"].tolist() == ["Oslo", "", ""]
    assert frame.loc["a", "grant_usd"] == 400
    assert set(frame["as_of_date"]) == {"2020-06-30"}
