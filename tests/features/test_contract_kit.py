"""What every column of the feature matrix owes: a new one joins by being in its family's ``COLUMNS``."""

import math
import re
from datetime import date
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.dictionary import feature
from littlegiants.features.matrix import BUILDERS, CATEGORICAL, FAMILIES, FEATURES, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.contract import ENDING_TABLES, EVENT_TABLES
from littlegiants.ingest.tables.tables import Tables
from tests.features import hand_tables

FAMILY_OF = {builder: family for family, module in FAMILIES.items() for builder in module.COLUMNS}
# The cases of a module's columns are in the test of the module.
BY_HAND = tuple(
    case
    for module in dict.fromkeys(builder.__module__.rpartition(".")[2] for builder in BUILDERS)
    for case in import_module(f"tests.features.families.test_{module}").CASES
)
# What is said of every firm, whatever is observed: flags and the counts of what is known.
ALWAYS_SAID = {
    *("founded_known", "events_known", "tables_with_rows"),
    *(f"{name}_observed" for name in EVENT_TABLES if name != "outcomes"),
}
AS_OF = date(2020, 2, 29)
EVERY = pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.__name__)


@pytest.fixture(scope="module")
def frames():
    return hand_tables.universe()


@pytest.fixture(scope="module")
def tables(frames):
    return Tables.from_frames(frames)


@pytest.fixture(scope="module")
def learned(tables):
    return Population.fit(tables, date(2019, 6, 30))


@pytest.fixture(scope="module")
def matrix(tables, learned):
    return feature_matrix(tables, AS_OF, learned)


def bits(values) -> bytes:
    return np.ascontiguousarray(values).tobytes()


def differing(matrix, other) -> list[str]:
    """Columns in which two matrices of the same firms differ by a bit."""
    assert matrix.firm_ids.tolist() == other.firm_ids.tolist()
    columns = zip(FEATURES, matrix.values.T, other.values.T, strict=True)
    return [name for name, one, two in columns if bits(one) != bits(two)]


def test_universe_tries_every_column(matrix):
    # The invariances below say nothing of a column that is missing for all firms.
    assert [name for name, values in zip(FEATURES, matrix.values.T, strict=True) if np.isnan(values).all()] == []


@EVERY
def test_docstring_is_complete(builder):
    described = feature(builder, FAMILY_OF[builder])
    assert all((described.summary, described.unit, described.window, described.missing, described.source))


def test_names_are_unique_and_in_snake_case():
    assert len(set(FEATURES)) == len(FEATURES)
    assert [name for name in FEATURES if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name)] == []


def test_categories_are_columns():
    assert set(CATEGORICAL) <= set(FEATURES)


@EVERY
def test_column_has_a_number_computed_by_hand(builder):
    numbers = [value for case in BY_HAND for value in case.expected.get(builder.__name__, {}).values()]
    assert [value for value in numbers if not math.isnan(value)], (
        f"no hand-computed value of {builder.__name__}: add one to the cases of its family's test module"
    )


@EVERY
@pytest.mark.parametrize("as_of", [date(1999, 1, 1), AS_OF, date(2035, 12, 31)], ids=str)
def test_values_are_finite_float64_or_missing(builder, tables, learned, as_of):
    values = builder(Snapshot(tables, as_of, learned))
    assert values.dtype == np.float64
    assert values.shape == (len(tables),)
    assert not np.isinf(values).any()


@EVERY
def test_nothing_given_is_changed(builder, tables, learned):
    before, taught = tables.digest(), learned.to_frame()
    snapshot = Snapshot(tables, AS_OF, learned)
    first = builder(snapshot).tobytes()
    assert tables.digest() == before
    pd.testing.assert_frame_equal(learned.to_frame(), taught)
    assert builder(snapshot).tobytes() == first


def test_columns_do_not_depend_on_the_order_of_building(tables, learned, matrix):
    # Signals share selected rows and sums; none may write into what another one reads.
    snapshot = Snapshot(tables, AS_OF, learned)
    backwards = {builder.__name__: builder(snapshot) for builder in reversed(BUILDERS)}
    assert [n for n, v in zip(FEATURES, matrix.values.T, strict=True) if bits(backwards[n]) != bits(v)] == []


@EVERY
def test_without_anything_observed_all_is_missing(builder):
    bare = Tables.from_frames({"firms": pd.DataFrame({"firm_id": ["a", "b"]})})
    expected = 0.0 if builder.__name__ in ALWAYS_SAID else math.nan
    assert builder(Snapshot(bare, AS_OF)).tolist() == pytest.approx([expected, expected], nan_ok=True)


@pytest.mark.parametrize("absent", EVENT_TABLES)
def test_absent_table_makes_missing_and_never_another_number(absent, frames, tables, learned, matrix):
    fewer = Tables.from_frames({name: frame for name, frame in frames.items() if name != absent})
    # A firm without a founding date is known from its first event, so fewer firms may be known.
    without = feature_matrix(fewer, AS_OF, learned)
    known = Snapshot(fewer, AS_OF).known
    if absent in ENDING_TABLES:
        # A firm that left is in no cohort; without the table nobody can tell that its investors' exit was this one.
        known = np.isin(np.arange(len(tables)), cohort(Snapshot(tables, AS_OF))) & known
    for name, one, two in zip(FEATURES, matrix.values.T, without.values.T, strict=True):
        if name not in ALWAYS_SAID:
            assert (np.isnan(two) | (one == two))[known].all(), name


@EVERY
def test_no_firm_gives_no_value(builder, tables, learned):
    none = tables.take(np.array([], object))
    values = builder(Snapshot(none, AS_OF, learned))
    assert values.dtype == np.float64
    assert values.shape == (0,)


@pytest.fixture(scope="module")
def empty(frames):
    """Tables of the same firms, all present and without a row."""
    return Tables.from_frames({name: frame if name == "firms" else frame[:0] for name, frame in frames.items()})


@EVERY
def test_empty_tables_are_read_as_observed(builder, empty, learned):
    values = builder(Snapshot(empty, AS_OF, learned))
    assert values.dtype == np.float64
    assert not np.isinf(values).any()


@pytest.mark.parametrize("chunk", [1, 3])
def test_chunks_do_not_change_a_bit(chunk, tables, learned, matrix):
    chunked = feature_matrix(tables, AS_OF, learned, chunk=chunk)
    assert differing(matrix, chunked) == []
    assert chunked.unseen.tolist() == matrix.unseen.tolist()
    assert chunked.events.tolist() == matrix.events.tolist()


def test_only_wanted_columns_are_made_and_no_other_bit_changes(tables, learned, matrix):
    wanted = ("grant_share_3y", "success_distance", "sector_code", "recognised_before_first_round")
    some = feature_matrix(tables, AS_OF, learned, columns=wanted)
    made = [place for place, name in enumerate(FEATURES) if name in {*wanted, "events_known"}]
    assert some.names == FEATURES
    assert some.values[:, made].tobytes() == matrix.values[:, made].tobytes()
    assert np.isnan(np.delete(some.values, made, axis=1)).all()
    assert some.unseen.tolist() == matrix.unseen.tolist()
    assert some.events.tolist() == matrix.events.tolist()
    with pytest.raises(ValueError, match="unknown signal 'grant_share_4y'"):
        feature_matrix(tables, AS_OF, learned, columns=["grant_share_4y"])


def test_firm_alone_has_the_same_bits(tables, learned, matrix):
    for place, firm_id in enumerate(tables.firm_ids):
        alone = feature_matrix(tables.take(np.array([firm_id], object)), AS_OF, learned)
        assert bits(alone.values[0]) == bits(matrix.values[place]), firm_id


@pytest.mark.parametrize("place", range(0, 75, 9))
def test_firm_read_alone_has_the_same_bits(place, frames, learned, matrix):
    # Unlike a firm taken out of loaded tables, one read alone has vocabularies of its own.
    firm_id = matrix.firm_ids[place]
    own = {name: frame[frame["firm_id"] == firm_id] for name, frame in frames.items()}
    alone = feature_matrix(Tables.from_frames(own), AS_OF, learned)
    assert bits(alone.values[0]) == bits(matrix.values[place])


def test_order_of_rows_does_not_change_a_bit(frames, learned, matrix):
    shuffled = {name: frame.sample(frac=1, random_state=7) for name, frame in frames.items()}
    assert differing(matrix, feature_matrix(Tables.from_frames(shuffled), AS_OF, learned)) == []
