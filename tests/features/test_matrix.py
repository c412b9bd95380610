"""The feature matrix as a block: which firms, which columns, in chunks or at once."""

from datetime import date

import numpy as np
import pytest

from littlegiants.features.asof import snapshot as snapshots
from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FEATURES, FeatureMatrix, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.contract import SIGNAL_TABLES
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import universe

AS_OF = date(2018, 6, 30)


@pytest.fixture(scope="module")
def tables():
    return Tables.from_frames(universe())


@pytest.fixture(scope="module")
def population(tables):
    return Population.fit(tables, date(2017, 12, 31))


def assert_same(one: FeatureMatrix, other: FeatureMatrix) -> None:
    assert one.firm_ids.tolist() == other.firm_ids.tolist()
    assert (one.as_of, one.names) == (other.as_of, other.names)
    assert one.values.tobytes() == other.values.tobytes()
    assert one.unseen.tolist() == other.unseen.tolist()
    assert one.events.tolist() == other.events.tolist()


@pytest.mark.parametrize("chunk", [1, 7, 75, 1_000])
def test_chunks_do_not_change_the_result(tables, population, chunk):
    firms = cohort(Snapshot(tables, AS_OF))
    assert 0 < len(firms) < len(tables)
    whole = feature_matrix(tables, AS_OF, population)
    some = FeatureMatrix.of(Snapshot(tables, AS_OF, population), firms, chunk)
    assert_same(some, feature_matrix(tables, AS_OF, population, firms))
    assert some.values.tobytes() == whole.values[firms].tobytes()
    assert some.firm_ids.tolist() == tables.firm_ids[firms].tolist()


def test_the_snapshot_of_the_cohort_serves_for_the_features(tables, population, monkeypatch):
    looked_up = []
    real = snapshots._seen

    def counted(rows, day):
        looked_up.append(len(rows))
        return real(rows, day)

    monkeypatch.setattr(snapshots, "_seen", counted)
    snapshot = Snapshot(tables, AS_OF, population)
    firms = cohort(snapshot)
    assert len(looked_up) == 2  # firms and outcomes
    FeatureMatrix.of(snapshot, firms)
    assert len(looked_up) == 2 + len(SIGNAL_TABLES)


def test_columns_that_are_not_wanted_are_missing(tables, population):
    whole = feature_matrix(tables, AS_OF, population)
    some = feature_matrix(tables, AS_OF, population, columns=["raised_usd"])
    wanted = [FEATURES.index(name) for name in ("raised_usd", "events_known")]
    assert some.values[:, wanted].tobytes() == whole.values[:, wanted].tobytes()
    assert np.isnan(np.delete(some.values, wanted, axis=1)).all()


def test_an_unknown_column_is_named(tables, population):
    with pytest.raises(ValueError, match="unknown signal 'raised_eur'; the signals are "):
        feature_matrix(tables, AS_OF, population, columns=["raised_usd", "raised_eur"])


def test_firms_of_an_unseen_kind_and_the_rows_known_of_each(tables):
    fitted = Population.fit(tables.take(tables.firm_ids[:10]), AS_OF)
    matrix = feature_matrix(tables, AS_OF, fitted)
    assert set(matrix.unseen) <= {"", "country", "sector"}
    assert matrix.events.tolist() == matrix.values[:, FEATURES.index("events_known")].tolist()
